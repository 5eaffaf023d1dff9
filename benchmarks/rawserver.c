/* rawserver - the floor: one epoll thread, one pre-encoded frame, one send(2) a connection.
 * Build: cc -O2 -o rawserver rawserver.c ; run: rawserver PORT (0: any; the port is printed)
 * 'B<payload>' => that payload to all; anything else => a fixed 100-byte reply. Handshake not verified. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <netinet/tcp.h>
#include <unistd.h>
static int up[65536], list[65536], n; static uint8_t b[1 << 16], f[1 << 16];
static int mk(uint8_t *o, int op, const uint8_t *p, int l) { int h = 0; o[h++] = 0x80 | op; if (l < 126) o[h++] = l; else { o[h++] = 126; o[h++] = l >> 8; o[h++] = l; } memcpy(o + h, p, l); return h + l; }
int main(int ac, char **av) {
  if (ac != 2) return fprintf(stderr, "rawserver: rawserver PORT\n"), 2;
  int s = socket(AF_INET, SOCK_STREAM, 0), one = 1; setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(atoi(av[1]))}; inet_pton(AF_INET, "127.0.0.1", &a.sin_addr);
  if (bind(s, (void *)&a, sizeof a) || listen(s, 4096)) return perror("bind"), 1;
  socklen_t al = sizeof a; getsockname(s, (void *)&a, &al); printf("%d\n", ntohs(a.sin_port)); fflush(stdout);
  int ep = epoll_create1(0); struct epoll_event e = {.events = EPOLLIN, .data.fd = s}, ev[512]; epoll_ctl(ep, EPOLL_CTL_ADD, s, &e);
  char rep[101]; memset(rep, 'y', 100); memcpy(rep, "{\"op\":\"ok\"", 10);
  for (;;) {
    int k = epoll_wait(ep, ev, 512, -1);
    for (int i = 0; i < k; i++) {
      int fd = ev[i].data.fd;
      if (fd == s) { int c = accept4(s, 0, 0, SOCK_NONBLOCK); if (c < 0 || c >= 65536) continue; setsockopt(c, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one); up[c] = 0; e.events = EPOLLIN; e.data.fd = c; epoll_ctl(ep, EPOLL_CTL_ADD, c, &e); continue; }
      int r = recv(fd, b, sizeof b, 0);
      if (r <= 0) { close(fd); for (int j = 0; j < n; j++) if (list[j] == fd) { list[j] = list[--n]; break; } continue; }
      if (!up[fd]) { up[fd] = 1; list[n++] = fd; const char *h = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"; send(fd, h, strlen(h), MSG_NOSIGNAL); continue; }
      int l = b[1] & 127, h = 2; if (l == 126) { l = b[2] << 8 | b[3]; h = 4; }
      uint8_t *m = b + h, *p = m + 4; for (int j = 0; j < l; j++) p[j] ^= m[j & 3];
      if ((b[0] & 15) == 8) { close(fd); for (int j = 0; j < n; j++) if (list[j] == fd) { list[j] = list[--n]; break; } continue; }
      if (p[0] == 'B') { int fl = mk(f, 1, p + 1, l - 1); for (int j = 0; j < n; j++) send(list[j], f, fl, MSG_NOSIGNAL | MSG_DONTWAIT); }
      else { int fl = mk(f, 1, (uint8_t *)rep, 100); send(fd, f, fl, MSG_NOSIGNAL); }
    }
  }
}
