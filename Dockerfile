# Croupier as an image: one node that keeps its SQLite database in the volume /var/lib/croupier.
#   docker build -t croupier .
#   docker run -p 8080:8080 -v croupier:/var/lib/croupier croupier

# The browser client, bundled.
FROM node:22-slim AS client
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts
COPY scripts/build_client.js scripts/
COPY server/client server/client
RUN npm run build

# The server with everything that it needs, in a virtual environment.
FROM python:3.13-slim AS server
WORKDIR /src
RUN python -m venv /opt/croupier
COPY requirements.txt ./
RUN /opt/croupier/bin/pip install --no-cache-dir --require-hashes -r requirements.txt
COPY pyproject.toml README.md LICENSE package.json package-lock.json .npmrc requirements-node.txt ./
COPY scripts/wheel_hook.py scripts/build_client.js scripts/
COPY game_engine game_engine
COPY storage storage
COPY server server
COPY cli cli
COPY --from=client /src/server/client_build server/client_build
RUN /opt/croupier/bin/pip install --no-cache-dir --no-deps .

FROM python:3.13-slim
RUN useradd --system --uid 10001 --user-group --home-dir /var/lib/croupier croupier \
    && install --directory --owner=croupier --group=croupier --mode=700 /var/lib/croupier
COPY --from=server /opt/croupier /opt/croupier
ENV PATH=/opt/croupier/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    CROUPIER_HOST=0.0.0.0 \
    CROUPIER_PORT=8080 \
    CROUPIER_VAR=/var/lib/croupier
USER croupier
WORKDIR /var/lib/croupier
VOLUME /var/lib/croupier
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen('http://127.0.0.1:' + os.environ['CROUPIER_PORT'] + '/healthz', timeout=4)"]
ENTRYPOINT ["croupier"]
CMD ["serve"]
