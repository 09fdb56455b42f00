# The program `twin`, for the services twin and plant of docker-compose.yml.

FROM python:3.13.5-slim-bookworm AS built
WORKDIR /source
RUN python -m venv /opt/twin
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY twin twin
COPY lines lines
COPY connectors connectors
COPY dashboards dashboards
RUN /opt/twin/bin/pip install --no-cache-dir --disable-pip-version-check --constraint constraints.txt .

FROM python:3.13.5-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /var/lib/twin --create-home twin
COPY --from=built /opt/twin /opt/twin
ENV PATH=/opt/twin/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 TWIN_CACHE=/var/lib/twin/cache
USER twin
WORKDIR /var/lib/twin
# The compiled rules are for the processor that made them; on another they are compiled again, once, into the volume.
RUN python -m twin.engine
VOLUME /var/lib/twin
ENTRYPOINT ["twin"]
CMD ["--help"]
