# The load generator: anyserve load with the shipped scenarios, and the libraries of the services. The context is the distribution:
#   docker build -f deploy/docker/loadtest.Dockerfile -t anyserve/loadtest deploy/distribution/target/anyserve
ARG JAVA_IMAGE=eclipse-temurin:25-jre

FROM ${JAVA_IMAGE} AS files
COPY . /distribution
RUN mkdir -p /opt/anyserve/lib && cd /distribution \
 && cp -rp bin LICENSE THIRD-PARTY.md /opt/anyserve/ && cp -p bom/services.json /opt/anyserve/bom.json \
 && cp -rp lib/anyserve /opt/anyserve/lib/ && cp -rp loadtest /opt/anyserve/ && cd lib && xargs -a services.list cp -pt /opt/anyserve/lib/

FROM files AS rehearsed
RUN ANYSERVE_JAVA_OPTIONS=-XX:AOTCacheOutput=/opt/anyserve/anyserve.aot /opt/anyserve/bin/anyserve load --list >/dev/null \
 && test -s /opt/anyserve/anyserve.aot

FROM ${JAVA_IMAGE}
RUN groupadd -r -g 10001 anyserve && useradd -r -u 10001 -g anyserve -d /opt/anyserve -s /usr/sbin/nologin anyserve \
 && install -d -o 10001 -g 10001 -m 700 /var/lib/anyserve
# The libraries change seldom and make up most of the image; AnyServe's own jars are a layer of their own.
COPY --from=files /opt/anyserve/lib/*.jar /opt/anyserve/lib/
COPY --from=files /opt/anyserve/bin /opt/anyserve/bin
COPY --from=files /opt/anyserve/loadtest /opt/anyserve/loadtest
COPY --from=files /opt/anyserve/LICENSE /opt/anyserve/THIRD-PARTY.md /opt/anyserve/bom.json /opt/anyserve/
COPY --from=files /opt/anyserve/lib/anyserve /opt/anyserve/lib/anyserve
COPY --from=rehearsed /opt/anyserve/anyserve.aot /opt/anyserve/
ARG VERSION=unknown
ARG REVISION=unknown
LABEL org.opencontainers.image.title="AnyServe load generator" \
      org.opencontainers.image.description="Runs a load scenario against AnyServe and reports latencies, rates and errors" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.vendor="AnyServe"
ENV PATH=/opt/anyserve/bin:$PATH
USER 10001:10001
WORKDIR /var/lib/anyserve
VOLUME /var/lib/anyserve
HEALTHCHECK NONE
ENTRYPOINT ["anyserve", "load"]
CMD ["--list"]
