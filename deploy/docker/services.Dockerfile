# ingress, router, metering and the client commands, without torch engine, broker and S3 server. The context is the distribution:
#   docker build -f deploy/docker/services.Dockerfile -t anyserve/services deploy/distribution/target/anyserve
ARG JAVA_IMAGE=eclipse-temurin:25-jre

FROM ${JAVA_IMAGE} AS files
COPY . /distribution
RUN mkdir -p /opt/anyserve/lib && cd /distribution \
 && cp -rp bin LICENSE THIRD-PARTY.md /opt/anyserve/ && cp -p bom/services.json /opt/anyserve/bom.json \
 && cp -rp lib/anyserve /opt/anyserve/lib/ && cd lib && xargs -a services.list cp -pt /opt/anyserve/lib/

# What a start loads, linked ahead of time. The broker of the rehearsal is the distribution's; the image has none.
FROM files AS rehearsed
RUN set -eu; /distribution/bin/anyserve run broker --data /tmp/kafka --port 7402 >/tmp/broker.log 2>&1 & \
 for try in $(seq 60); do grep -q 'broker is ready' /tmp/broker.log && break; sleep 1; done; \
 ANYSERVE_JAVA_OPTIONS=-XX:AOTCacheOutput=/opt/anyserve/anyserve.aot ANYSERVE_HEAP=512m \
   /opt/anyserve/bin/anyserve warm-cache --kafka 127.0.0.1:7402 ROUTER INGRESS METERING \
 && test -s /opt/anyserve/anyserve.aot

FROM ${JAVA_IMAGE}
RUN groupadd -r -g 10001 anyserve && useradd -r -u 10001 -g anyserve -d /opt/anyserve -s /usr/sbin/nologin anyserve \
 && install -d -o 10001 -g 10001 -m 700 /var/lib/anyserve
# The libraries change seldom and make up most of the image; AnyServe's own jars are a layer of their own.
COPY --from=files /opt/anyserve/lib/*.jar /opt/anyserve/lib/
COPY --from=files /opt/anyserve/bin /opt/anyserve/bin
COPY --from=files /opt/anyserve/LICENSE /opt/anyserve/THIRD-PARTY.md /opt/anyserve/bom.json /opt/anyserve/
COPY --from=files /opt/anyserve/lib/anyserve /opt/anyserve/lib/anyserve
COPY --from=rehearsed /opt/anyserve/anyserve.aot /opt/anyserve/
ARG VERSION=unknown
ARG REVISION=unknown
LABEL org.opencontainers.image.title="AnyServe services" \
      org.opencontainers.image.description="Ingress, router and metering of AnyServe, and its client commands" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.vendor="AnyServe"
ENV PATH=/opt/anyserve/bin:$PATH
USER 10001:10001
WORKDIR /var/lib/anyserve
VOLUME /var/lib/anyserve
EXPOSE 7400 7401 7407 7420 7421 7430 7431 7432
HEALTHCHECK --interval=10s --timeout=5s --start-period=90s --retries=3 CMD ["anyserve", "health"]
ENTRYPOINT ["anyserve"]
CMD ["help"]
