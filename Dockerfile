# The server and its command line, `fleet`. Runs as a user without rights, on a read-only root: it writes to /data (with
# STORE=sqlite) and to /tmp.
ARG NODE_VERSION=20

# What the server needs to run. Its native module is compiled where there is no ready one for the platform.
FROM docker.io/library/node:${NODE_VERSION}-bookworm-slim AS dependencies
RUN apt-get update && apt-get install -y --no-install-recommends python3 make g++ && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY package.json package-lock.json ./
COPY packages/contract/package.json packages/contract/
COPY packages/env/package.json packages/env/
COPY api/package.json api/
RUN npm ci --omit=dev --workspace @fleet/api --ignore-scripts --no-audit --no-fund && npm rebuild better-sqlite3 \
  && rm -rf node_modules/better-sqlite3/deps node_modules/better-sqlite3/src \
  && find node_modules/better-sqlite3/build -type f ! -name better_sqlite3.node -delete

# The server and the pages, compiled. That is the same for every platform.
FROM --platform=$BUILDPLATFORM docker.io/library/node:${NODE_VERSION}-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
COPY packages packages
COPY api api
COPY web web
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.base.json ./
RUN npx tsc -b api && node web/build.js

FROM docker.io/library/node:${NODE_VERSION}-bookworm-slim
LABEL org.opencontainers.image.title="Fleet Telemetry" org.opencontainers.image.licenses="MIT"
WORKDIR /app
ENV NODE_ENV=production DATA_DIR=/data
RUN ln -s /app/api/bin/fleet.js /usr/local/bin/fleet && install -d -o 10001 -g 10001 /data
COPY --from=dependencies /app ./
COPY --from=build /app/packages/contract/dist packages/contract/dist
COPY --from=build /app/packages/env/dist packages/env/dist
COPY --from=build /app/web/dist web/dist
COPY --from=build /app/api/dist api/dist
COPY api/bin api/bin
COPY api/static api/static
COPY examples/drives examples/drives
COPY LICENSE ./
USER 10001:10001
EXPOSE 3000
CMD ["node", "api/dist/main.js"]
