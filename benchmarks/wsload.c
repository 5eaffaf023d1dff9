/* wsload - one-thread epoll WebSocket load generator (RFC 6455 client, no extensions).
 *
 * Build:  cc -O2 -o wsload wsload.c
 * Use:    see README.md beside this file.
 *
 * It knows nothing of a server's own protocol: an adapter is a list of steps
 * (send / wait) done once after the upgrade, a template for the trigger or the
 * request, and a byte string that marks the messages to count.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MAXSTEP 16
#define MAXPID 64

static void die(const char *m) { fprintf(stderr, "wsload: %s (%s)\n", m, strerror(errno)); exit(2); }
static uint64_t now_clk(clockid_t c) { struct timespec t; clock_gettime(c, &t); return (uint64_t)t.tv_sec * 1000000000ull + t.tv_nsec; }
static uint64_t mono(void) { return now_clk(CLOCK_MONOTONIC); }
static uint64_t real(void) { return now_clk(CLOCK_REALTIME); }

/* ---- histogram: 64 linear sub-buckets in each power of two, ns ---- */
#define HB (64 * 58)
typedef struct { uint64_t n, max; uint32_t b[HB]; } hist;
static inline int hidx(uint64_t v) { if (v < 64) return (int)v; int e = 63 - __builtin_clzll(v); return 64 * (e - 5) + (int)((v >> (e - 6)) & 63); }
static inline uint64_t hval(int i) { if (i < 64) return i; int e = i / 64 + 5; return ((uint64_t)(64 + (i & 63)) << (e - 6)) + (1ull << (e - 6)) / 2; }
static inline void hadd(hist *h, uint64_t v) { int i = hidx(v); if (i >= HB) i = HB - 1; h->b[i]++; h->n++; if (v > h->max) h->max = v; }
static double hq(hist *h, double q) { if (!h->n) return 0; uint64_t want = (uint64_t)(q * h->n), c = 0; for (int i = 0; i < HB; i++) { c += h->b[i]; if (c > want) return hval(i) / 1e3; } return h->max / 1e3; }

/* ---- templates ---- */
typedef struct { int kind; /* 's' text, 'b' binary, 'w' wait, 't' wait and take what follows */ int len; uint8_t *p; } step;
static int hexv(int c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1; }
static int unesc(const char *s, uint8_t **out) {
  uint8_t *o = malloc(strlen(s) + 1); int n = 0;
  for (; *s; s++) {
    if (*s == '\\' && s[1] == 'x' && hexv(s[2]) >= 0 && hexv(s[3]) >= 0) { o[n++] = hexv(s[2]) * 16 + hexv(s[3]); s += 3; }
    else if (*s == '\\' && s[1] == 'n') { o[n++] = '\n'; s++; }
    else if (*s == '\\' && s[1] == '\\') { o[n++] = '\\'; s++; }
    else o[n++] = *s;
  }
  *out = o; return n;
}
static step mkstep(const char *a) {
  step s = {0}; const char *c = strchr(a, ':'); if (!c) { s.kind = 's'; s.len = unesc(a, &s.p); return s; }
  if (!strncmp(a, "send:", 5)) s.kind = 's'; else if (!strncmp(a, "sendb:", 6)) s.kind = 'b';
  else if (!strncmp(a, "wait:", 5)) s.kind = 'w'; else if (!strncmp(a, "take:", 5)) s.kind = 't'; else { s.kind = 's'; s.len = unesc(a, &s.p); return s; }
  s.len = unesc(c + 1, &s.p); return s;
}

typedef struct conn {
  int fd; uint8_t state, step; uint32_t idx; uint64_t seq, tsend, tconn;
  uint8_t *part; uint32_t plen, pcap; uint8_t *ob; uint32_t olen, ocap; char *line, *taken;
} conn;
enum { S_NEW, S_CONN, S_HS, S_STEP, S_READY, S_DEAD };

static int C = 100, inflight = 64, nsteps, ready, dead, opened, window = 1, passive, expect, npids, fport;
static const char *host = "127.0.0.1", *path = "/", *mode = "fanout", *cntpat = "", *tskey = "\"ts\":\"", *label = "", *autoq, *autor;
static int cntlen, tslen, port = 8080; static double secs = 3, warm = 1, rate = 0, tsunit = 1, ctimeout = 60, hold = 0;
static step steps[MAXSTEP], trig, req; static int have_trig, have_req; static char hdrs[4096]; static int pids[MAXPID];
static conn *cs; static int ep, measuring; static char **lines; static int nlines;
static uint64_t msgs, frames, bytes_in, other, wire_msgs, requests, answers, errors; static hist H, HC; static uint64_t trig_sent, total_cnt;
static const char *errpat; static int errlen, gate, each;

static int expand(conn *c, step *s, uint8_t *o) {
  int n = 0;
  for (int i = 0; i < s->len; i++) {
    if (s->p[i] != '%' || i + 1 >= s->len) { o[n++] = s->p[i]; continue; }
    int k = s->p[++i];
    if (k == '%') o[n++] = '%';
    else if (k == 'i') n += sprintf((char *)o + n, "%u", c->idx);
    else if (k == 't') n += sprintf((char *)o + n, "%019llu", (unsigned long long)real());
    else if (k == 'r' && c->taken) n += sprintf((char *)o + n, "%s", c->taken);
    else if (k == 'n') n += sprintf((char *)o + n, "%llu", (unsigned long long)c->seq);
    else if (k >= '1' && k <= '9' && c->line) {
      char *p = c->line; for (int j = '0'; j < k && p; j++) { p = strchr(p, '\t'); if (p) p++; }
      if (p) while (*p && *p != '\t') o[n++] = *p++;
    } else { o[n++] = '%'; o[n++] = k; }
  }
  return n;
}
static void ep_set(conn *c, int out) { struct epoll_event e = {.events = EPOLLIN | (out ? EPOLLOUT : 0), .data.ptr = c}; epoll_ctl(ep, EPOLL_CTL_MOD, c->fd, &e); }
static void kill_conn(conn *c) { if (c->state == S_DEAD) return; if (c->state == S_READY) ready--; c->state = S_DEAD; close(c->fd); dead++; }
static void raw_send(conn *c, const uint8_t *p, int n) {
  if (c->olen == 0) { ssize_t r = send(c->fd, p, n, MSG_NOSIGNAL); if (r == n) return; if (r < 0) { if (errno != EAGAIN) { kill_conn(c); return; } r = 0; } p += r; n -= r; }
  if (c->olen + n > c->ocap) { c->ocap = (c->olen + n) * 2; c->ob = realloc(c->ob, c->ocap); }
  memcpy(c->ob + c->olen, p, n); c->olen += n; ep_set(c, 1);
}
static uint32_t rng = 0x9E3779B9;
static void ws_send(conn *c, int op, const uint8_t *p, int n) {
  static uint8_t f[1 << 17]; int h = 0; f[h++] = 0x80 | op;
  if (n < 126) f[h++] = 0x80 | n; else if (n < 65536) { f[h++] = 0x80 | 126; f[h++] = n >> 8; f[h++] = n; } else die("message too long");
  rng ^= rng << 13; rng ^= rng >> 17; rng ^= rng << 5; uint8_t k[4]; memcpy(k, &rng, 4); memcpy(f + h, k, 4); h += 4;
  for (int i = 0; i < n; i++) f[h + i] = p[i] ^ k[i & 3];
  raw_send(c, f, h + n);
}
static void send_step(conn *c, step *s) { static uint8_t b[1 << 16]; int n = expand(c, s, b); c->seq++; ws_send(c, s->kind == 'b' ? 2 : 1, b, n); }
static void request(conn *c) { c->tsend = mono(); requests++; send_step(c, &req); }
static void advance(conn *c) {
  while (c->step < nsteps && steps[c->step].kind != 'w' && steps[c->step].kind != 't') send_step(c, &steps[c->step++]);
  if (c->step >= nsteps && c->state != S_READY && c->state != S_DEAD) { c->state = S_READY; ready++; hadd(&HC, mono() - c->tconn); }
}
static void take(conn *c, uint8_t *from, uint8_t *end) { uint8_t *to = memchr(from, '"', end - from); if (to) { free(c->taken); c->taken = strndup((char *)from, to - from); } }
static int occurrences(uint8_t *p, int n) {
  if (!cntlen) return 1;
  int found = 0; uint8_t *m, *end = p + n;
  while ((m = memmem(p, end - p, cntpat, cntlen))) { found++; if (!each) break; p = m + cntlen; }
  return found;
}
static void on_msg(conn *c, int op, uint8_t *p, int n) {
  wire_msgs++;
  if (op == 9) { ws_send(c, 10, p, n); return; }
  if (op == 8) { kill_conn(c); return; }
  if (op == 10) return;
  if (autoq && (size_t)n == strlen(autoq) && !memcmp(p, autoq, n)) { ws_send(c, 1, (uint8_t *)autor, strlen(autor)); return; }
  if (errlen && memmem(p, n, errpat, errlen)) { static int told; if (!told++) fprintf(stderr, "wsload: %.*s\n", n > 300 ? 300 : n, p); errors++; }
  if (c->state == S_STEP) {
    step *s = &steps[c->step]; uint8_t *m = s->len ? memmem(p, n, s->p, s->len) : p;
    if (c->step < nsteps && m) { if (s->kind == 't') take(c, m + s->len, p + n); c->step++; advance(c); }
    return;
  }
  int found = occurrences(p, n); if (!found) { other++; return; }
  if (mode[0] == 'f') {
    total_cnt += found;
    if (measuring == 1) {
      msgs += found; frames++;
      uint8_t *q = memmem(p, n, tskey, tslen);
      if (q) { q += tslen; uint64_t v = 0; uint8_t *e = p + n; while (q < e && (*q == '"' || *q == ' ' || *q == ':')) q++; while (q < e && *q >= '0' && *q <= '9') v = v * 10 + (*q++ - '0');
        uint64_t t = real(), s = (uint64_t)(v * tsunit); hadd(&H, t > s ? t - s : 0); }
    }
  } else if (mode[0] == 'c') { answers++; if (measuring == 1) { msgs++; frames++; hadd(&H, mono() - c->tsend); } if (measuring != 2) request(c); }
  else other++;
}
static uint8_t *find_hs_end(uint8_t *p, int n) { return memmem(p, n, "\r\n\r\n", 4); }
static uint8_t rb[1 << 18];
static void feed(conn *c, uint8_t *p, int n) {
  if (c->plen) { if (c->plen + n > c->pcap) { c->pcap = (c->plen + n) * 2; c->part = realloc(c->part, c->pcap); } memcpy(c->part + c->plen, p, n); c->plen += n; p = c->part; n = c->plen; }
  uint8_t *base = p;
  if (c->state == S_HS) {
    uint8_t *e = find_hs_end(p, n);
    if (e) { if (n < 12 || memcmp(p + 9, "101", 3)) { static int told; if (!told++) fprintf(stderr, "wsload: refused: %.*s\n", n > 300 ? 300 : n, p); kill_conn(c); return; }
      n -= (e + 4 - p); p = e + 4; c->state = S_STEP; advance(c); }
  }
  if (c->state != S_HS) while (n >= 2) {
    int op = p[0] & 15, h = 2; uint64_t l = p[1] & 127;
    if (l == 126) { if (n < 4) break; l = p[2] << 8 | p[3]; h = 4; } else if (l == 127) { if (n < 10) break; l = 0; for (int i = 2; i < 10; i++) l = l << 8 | p[i]; h = 10; }
    if ((uint64_t)n < h + l) break;
    on_msg(c, op, p + h, (int)l); if (c->state == S_DEAD) return;
    p += h + l; n -= h + l;
  }
  if (n) { if (base == c->part) memmove(c->part, p, n); else { if ((uint32_t)n > c->pcap) { c->pcap = n < 512 ? 512 : n * 2; c->part = realloc(c->part, c->pcap); } memcpy(c->part, p, n); } }
  c->plen = n;
}
static void open_one(int i) {
  conn *c = &cs[i]; c->idx = i; c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0); if (c->fd < 0) die("socket");
  int one = 1; setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port)}; inet_pton(AF_INET, host, &a.sin_addr);
  c->tconn = mono(); c->state = S_CONN; if (nlines) c->line = lines[i % nlines];
  if (connect(c->fd, (void *)&a, sizeof a) && errno != EINPROGRESS) { kill_conn(c); return; }
  struct epoll_event e = {.events = EPOLLIN | EPOLLOUT, .data.ptr = c}; epoll_ctl(ep, EPOLL_CTL_ADD, c->fd, &e); opened++;
}
static void on_event(conn *c, uint32_t ev) {
  if (c->state == S_DEAD) return;
  if (c->state == S_CONN) {
    int er = 0; socklen_t l = sizeof er; getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &er, &l); if (er) { errno = er; static int told; if (!told++) perror("wsload: connect"); kill_conn(c); return; }
    char b[8192]; char pb[4096]; step s = {.kind = 's', .len = (int)strlen(path), .p = (uint8_t *)path}; pb[expand(c, &s, (uint8_t *)pb)] = 0;
    int n = snprintf(b, sizeof b, "GET %s HTTP/1.1\r\nHost: %s:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n%s\r\n", pb, host, port, hdrs);
    c->state = S_HS; ep_set(c, 0); raw_send(c, (uint8_t *)b, n); return;
  }
  if (ev & EPOLLOUT) { if (c->olen) { ssize_t r = send(c->fd, c->ob, c->olen, MSG_NOSIGNAL); if (r > 0) { memmove(c->ob, c->ob + r, c->olen - r); c->olen -= r; } } if (!c->olen) ep_set(c, 0); }
  if (ev & (EPOLLIN | EPOLLHUP | EPOLLERR)) {
    ssize_t r = recv(c->fd, rb, sizeof rb, 0);
    if (r > 0) { bytes_in += r; feed(c, rb, (int)r); } else if (r == 0 || errno != EAGAIN) kill_conn(c);
  }
}
static int poll_once(int ms) { static struct epoll_event ev[1024]; int n = epoll_wait(ep, ev, 1024, ms); for (int i = 0; i < n; i++) on_event(ev[i].data.ptr, ev[i].events); return n; }

/* ---- the server's CPU and memory, from /proc ---- */
static double pids_cpu(void) {
  double s = 0; char b[128];
  for (int i = 0; i < npids; i++) {
    snprintf(b, sizeof b, "/proc/%d/task", pids[i]); DIR *d = opendir(b); if (!d) continue; struct dirent *e;
    while ((e = readdir(d))) { if (e->d_name[0] == '.') continue; char q[300]; snprintf(q, sizeof q, "/proc/%d/task/%s/schedstat", pids[i], e->d_name); FILE *f = fopen(q, "r"); unsigned long long v = 0; if (f) { if (fscanf(f, "%llu", &v) == 1) s += v / 1e9; fclose(f); } }
    closedir(d);
  }
  return s;
}
static long pids_rss(void) { long s = 0; char b[64]; for (int i = 0; i < npids; i++) { snprintf(b, sizeof b, "/proc/%d/statm", pids[i]); FILE *f = fopen(b, "r"); long a, r; if (f) { if (fscanf(f, "%ld %ld", &a, &r) == 2) s += r * 4; fclose(f); } } return s; }
static double self_cpu(void) { struct rusage u; getrusage(RUSAGE_SELF, &u); return u.ru_utime.tv_sec + u.ru_stime.tv_sec + (u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6; }

static void burst(void) {
  conn *tcn = 0; for (int i = 0; i < C; i++) if (cs[i].state == S_READY) { tcn = &cs[i]; break; }
  if (!tcn) return;
  int per = expect ? expect : ready; double scpu = 0, ccpu = 0; uint64_t ts = mono(), tm0 = 0, tend = 0, by0 = 0; int stalls = 0, dead0 = dead; uint64_t lastprog = ts, lastcnt = 0, nexttick = ts;
  msgs = frames = other = trig_sent = total_cnt = 0; measuring = 0; memset(&H, 0, sizeof H);
  if (mode[0] == 'c') { if (!have_req) die("--request needed"); for (int i = 0; i < C; i++) if (cs[i].state == S_READY) request(&cs[i]); }
  else if (!passive && !have_trig) die("--trigger needed");
  uint64_t tr0 = 0;
  for (;;) {
    uint64_t t = mono(); double el = (t - ts) / 1e9;
    if (!measuring && el >= warm) { measuring = 1; tm0 = t; scpu = pids_cpu(); ccpu = self_cpu(); by0 = bytes_in; tr0 = trig_sent; }
    if (measuring && el >= warm + secs) { tend = t; break; }
    int to = 10;
    if (mode[0] == 'f' && !passive) {
      if (rate > 0) { if (t >= nexttick) { send_step(tcn, &trig); trig_sent++; nexttick += (uint64_t)(1e9 / rate); } to = 0; uint64_t t2 = mono(); if (nexttick > t2 + 2000000) to = (int)((nexttick - t2) / 1000000) - 1; }
      else { while (total_cnt + (uint64_t)window * per > trig_sent * per) { send_step(tcn, &trig); trig_sent++; }
        if (total_cnt != lastcnt) { lastcnt = total_cnt; lastprog = t; } else if ((t - lastprog) / 1e9 > 3) { stalls++; total_cnt = trig_sent * per; lastcnt = total_cnt; lastprog = t; } }
    }
    poll_once(to);
    if (!ready) { tend = mono(); break; }
  }
  double d = (tend - tm0) / 1e9; scpu = pids_cpu() - scpu; ccpu = self_cpu() - ccpu;
  double m = msgs ? (double)msgs : 1; uint64_t mm = msgs, ff = frames, bb = bytes_in - by0, tr = trig_sent - tr0; measuring = 2;
  printf("\"secs\":%.3f,\"msgs\":%llu,\"msgs_per_s\":%.0f,\"triggers_per_s\":%.1f,\"wire_bytes_per_msg\":%.0f,\"server_cpu\":%.3f,\"server_cpu_s_per_M\":%.3f,\"msgs_per_cpu_s\":%.0f,\"client_cpu\":%.3f,\"p50_us\":%.0f,\"p90_us\":%.0f,\"p99_us\":%.0f,\"p999_us\":%.0f,\"max_us\":%.0f,\"lat_n\":%llu,\"stalls\":%d,\"other\":%llu,\"lost_conns\":%d,\"rss_end_kb\":%ld,\"frames\":%llu,\"requests\":%llu,\"answers\":%llu,\"errors\":%llu",
         d, (unsigned long long)mm, mm / d, tr / d, bb / m, scpu / d, scpu / m * 1e6, scpu > 0 ? m / scpu : 0, ccpu / d, hq(&H, .5), hq(&H, .9), hq(&H, .99), hq(&H, .999), H.max / 1e3, (unsigned long long)H.n, stalls, (unsigned long long)other, dead - dead0, pids_rss(), (unsigned long long)ff, (unsigned long long)requests, (unsigned long long)answers, (unsigned long long)errors);
}

int main(int ac, char **av) {
  signal(SIGPIPE, SIG_IGN);
  for (int i = 1; i < ac; i++) {
    char *a = av[i], *v = i + 1 < ac ? av[i + 1] : "";
#define OPT(n) (!strcmp(a, n) && ++i)
    if (OPT("--host")) host = v; else if (OPT("--port")) port = atoi(v); else if (OPT("--first-port")) fport = atoi(v); else if (OPT("--path")) path = v;
    else if (OPT("--conns")) C = atoi(v); else if (OPT("--inflight")) inflight = atoi(v); else if (OPT("--mode")) mode = v;
    else if (OPT("--step")) { if (nsteps >= MAXSTEP) die("too many steps"); steps[nsteps++] = mkstep(v); }
    else if (OPT("--trigger")) { trig = mkstep(v); have_trig = 1; } else if (OPT("--request")) { req = mkstep(v); have_req = 1; }
    else if (OPT("--count")) { uint8_t *o; cntlen = unesc(v, &o); cntpat = (char *)o; } else if (OPT("--ts-key")) tskey = v;
    else if (OPT("--errors")) { uint8_t *o; errlen = unesc(v, &o); errpat = (char *)o; } else if (!strcmp(a, "--each")) each = 1;
    else if (OPT("--ts-unit")) tsunit = !strcmp(v, "ms") ? 1e6 : !strcmp(v, "us") ? 1e3 : !strcmp(v, "s") ? 1e9 : 1;
    else if (OPT("--secs")) secs = atof(v); else if (OPT("--warm")) warm = atof(v); else if (OPT("--rate")) rate = atof(v);
    else if (OPT("--window")) window = atoi(v); else if (!strcmp(a, "--passive")) passive = 1; else if (!strcmp(a, "--gate")) gate = 1; else if (OPT("--expect")) expect = atoi(v);
    else if (OPT("--pid")) { if (npids < MAXPID) pids[npids++] = atoi(v); } else if (OPT("--hold")) hold = atof(v);
    else if (OPT("--header")) { strncat(hdrs, v, sizeof hdrs - strlen(hdrs) - 3); strcat(hdrs, "\r\n"); }
    else if (OPT("--label")) label = v; else if (OPT("--connect-timeout")) ctimeout = atof(v);
    else if (OPT("--auto")) { char *e = strdup(v), *q = strchr(e, '='); if (!q) die("--auto Q=R"); *q = 0; autoq = e; autor = q + 1; }
    else if (OPT("--lines")) { FILE *f = fopen(v, "r"); if (!f) die(v); char *l = 0; size_t z = 0; ssize_t r; while ((r = getline(&l, &z, f)) > 0) { if (l[r - 1] == '\n') l[r - 1] = 0; lines = realloc(lines, (nlines + 1) * sizeof *lines); char *t = malloc(r + 2); t[0] = '\t'; strcpy(t + 1, l); lines[nlines++] = t; } fclose(f); }
    else { fprintf(stderr, "wsload: unknown option %s\n", a); return 2; }
  }
  tslen = strlen(tskey); cs = calloc(C, sizeof *cs); ep = epoll_create1(0); 
  long rss0 = pids_rss(); double cpu0 = pids_cpu(); uint64_t t0 = mono(); int next = 0;
  while (ready + dead < C) {
    while (next < C && opened - ready - dead < inflight) open_one(next++);
    poll_once(100);
    if ((mono() - t0) / 1e9 > ctimeout) break;
  }
  double tc = (mono() - t0) / 1e9, cpuc = pids_cpu() - cpu0; int ok = ready; int dead0 = dead;
  if (!ok) { printf("{\"label\":\"%s\",\"error\":\"no connection became ready\",\"dead\":%d}\n", label, dead); return 1; }
  uint64_t hs = mono(); double settle = hold > 0 ? hold : 0.3; while ((mono() - hs) / 1e9 < settle) poll_once(20);
  long rss1 = pids_rss();
  printf("{\"label\":\"%s\",\"mode\":\"%s\",\"conns\":%d,\"failed\":%d,\"connect_s\":%.3f,\"connect_per_s\":%.0f,\"connect_cpu_us\":%.1f,\"connect_p50_us\":%.0f,\"rss0_kb\":%ld,\"rss_kb\":%ld,\"rss_per_conn_b\":%.0f",
         label, mode, ok, dead0, tc, ok / tc, cpuc / ok * 1e6, hq(&HC, .5), rss0, rss1, (rss1 - rss0) * 1024.0 / ok);
  if (mode[0] == 'f' || mode[0] == 'c') {
    if (gate) {
      /* bursts on demand: each line on stdin runs one burst, the end of stdin ends the program */
      printf("}\n"); fflush(stdout); fcntl(0, F_SETFL, O_NONBLOCK); char b[256];
      for (;;) {
        ssize_t r = read(0, b, sizeof b);
        if (r == 0) return 0;
        if (r > 0) { printf("{\"label\":\"%s\",\"mode\":\"%s\",\"conns\":%d,", label, mode, ready); burst(); printf("}\n"); fflush(stdout); uint64_t te = mono(); while ((mono() - te) / 1e9 < 0.05) poll_once(5); continue; }
        poll_once(2);
      }
    }
    printf(","); burst();
  }
  printf("}\n"); fflush(stdout);
  /* close politely: a close frame each, then the socket */
  uint8_t cl[2] = {3, 232}; measuring = 2; for (int i = 0; i < C; i++) if (cs[i].state == S_READY) ws_send(&cs[i], 8, cl, 2);
  uint64_t te = mono(); while (ready > 0 && (mono() - te) / 1e9 < 1.5) poll_once(20);
  return 0;
}
