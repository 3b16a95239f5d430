# The whole system in one image: `docker run -p 8000:8000 -v tidegate:/data tidegate`.
FROM python:3.12-slim
RUN useradd --create-home --uid 10001 tidegate && mkdir /data && chown tidegate /data
COPY pyproject.toml README.md LICENSE /src/
COPY src /src/src
RUN pip install --no-cache-dir /src
USER tidegate
ENV TIDEGATE_DATA_DIR=/data
VOLUME /data
EXPOSE 8000
CMD ["tidegate", "serve", "--host", "0.0.0.0"]
