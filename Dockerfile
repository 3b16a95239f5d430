# The whole system in one image: `docker run -p 8000:8000 -v tidegate:/data tidegate`.
# The base image is named by digest and the packages by hash: the same build next year.
FROM python:3.12-slim-bookworm@sha256:782412e85d0f0984994c290652577d4018aff08145c85b262bb63dc0c7522254 AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/tidegate
COPY requirements/run.lock /src/requirements/run.lock
RUN /opt/tidegate/bin/pip install --require-hashes --requirement /src/requirements/run.lock
COPY pyproject.toml README.md LICENSE /src/
COPY src /src/src
RUN /opt/tidegate/bin/pip install --no-deps --no-build-isolation /src \
 && /opt/tidegate/bin/python -m compileall -q /opt/tidegate/lib

FROM python:3.12-slim-bookworm@sha256:782412e85d0f0984994c290652577d4018aff08145c85b262bb63dc0c7522254
RUN useradd --create-home --uid 10001 tidegate && mkdir /data && chown tidegate /data
COPY --from=build /opt/tidegate /opt/tidegate
USER tidegate
ENV TIDEGATE_DATA_DIR=/data PATH=/opt/tidegate/bin:$PATH
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
# A worker's container serves no pages: compose.yaml and the manifests turn this check off there.
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=4 \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["tidegate", "serve", "--host", "0.0.0.0"]
