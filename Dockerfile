# The browser code, from npm; nothing of node is needed afterwards.
FROM node:22-bookworm-slim AS browser
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund --omit=dev

FROM python:3.11-slim-bookworm AS environment
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /srv/trihedral
RUN python -m venv .venv
COPY requirements.lock ./
RUN .venv/bin/pip install -q --require-hashes -r requirements.lock
COPY pyproject.toml README.md ./
COPY app app
COPY pipeline pipeline
RUN .venv/bin/pip install -q --no-deps --no-build-isolation -e .

FROM python:3.11-slim-bookworm
# GDAL, inside rasterio, is linked to it.
RUN apt-get update -qq \
    && apt-get install -y -qq --no-install-recommends libexpat1 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /srv/trihedral --shell /usr/sbin/nologin trihedral \
    && install -d -o trihedral -g trihedral -m 0700 /data
WORKDIR /srv/trihedral
COPY --from=environment /srv/trihedral .
COPY alembic.ini ./
COPY migrations migrations
COPY templates templates
COPY static static
COPY --from=browser /build/node_modules/geotiff/dist-browser/geotiff.js static/vendor/geotiff/
COPY --from=browser /build/node_modules/ol/dist/ol.js /build/node_modules/ol/ol.css static/vendor/ol/
COPY --from=browser /build/node_modules/htmx.org/dist/htmx.min.js static/vendor/htmx/
COPY --from=browser /build/node_modules/swagger-ui-dist/swagger-ui-bundle.js \
     /build/node_modules/swagger-ui-dist/swagger-ui.css static/vendor/swagger-ui/

ENV PATH=/srv/trihedral/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    TRIHEDRAL_DATA=/data \
    TRIHEDRAL_HOST=0.0.0.0
USER trihedral
VOLUME /data
EXPOSE 8350
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8350/readyz', timeout=4)"]
CMD ["trihedral", "serve"]
