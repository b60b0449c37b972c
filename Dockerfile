FROM python:3.12-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /src
RUN python -m venv --without-pip /opt/heardback
COPY requirements.lock ./
RUN pip --python /opt/heardback/bin/python install --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY alembic ./alembic
COPY app ./app
RUN pip --python /opt/heardback/bin/python install --no-deps --no-build-isolation .


FROM python:3.12-slim
# Whatever tini the base's Debian has: it is rebuilt with the base.
# hadolint ignore=DL3008
RUN apt-get update \
 && apt-get install --yes --no-install-recommends tini \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --user-group --home-dir /data --shell /usr/sbin/nologin heardback \
 && install --directory --owner=heardback --mode=0700 /data
COPY --from=build /opt/heardback /opt/heardback
ENV PATH=/opt/heardback/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    HEARDBACK_HOST=0.0.0.0 \
    HEARDBACK_PORT=8321 \
    HEARDBACK_DATA_DIR=/data
USER 10001
WORKDIR /data
VOLUME /data
EXPOSE 8321
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["python", "-c", "import os, urllib.request as u; u.urlopen('http://127.0.0.1:' + os.environ['HEARDBACK_PORT'] + '/healthz', timeout=4)"]
# tini reaps orphans and passes signals on.
ENTRYPOINT ["tini", "--", "heardback"]
# serve, worker or migrate
CMD ["serve"]
