FROM python:3.13-slim
RUN useradd --create-home --uid 10001 citaatwacht && mkdir /data && chown citaatwacht /data
WORKDIR /app
COPY requirements.lock pyproject.toml README.md LICENSE ./
RUN pip install --no-cache-dir --require-hashes -r requirements.lock && pip install --no-cache-dir "hatchling>=1.27" "editables>=0.5"
COPY bot bot
COPY handlers handlers
COPY storage storage
COPY seeds seeds
RUN pip install --no-cache-dir --no-deps --no-build-isolation .
USER citaatwacht
ENV DATA_DIR=/data DATABASE_URL=sqlite:////data/citaatwacht.db HTTP_HOST=0.0.0.0
VOLUME /data
EXPOSE 8321
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=60s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8321/healthz', timeout=4)"]
CMD ["citaatwacht", "run"]
