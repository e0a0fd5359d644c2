# All services with an embedded Kafka broker and S3 server in one process: anyserve up. Also every other command of the
# distribution, which is the context:
#   docker build -f deploy/docker/standalone.Dockerfile -t anyserve/standalone deploy/distribution/target/anyserve
ARG JAVA_IMAGE=eclipse-temurin:25-jre

FROM ${JAVA_IMAGE} AS files
COPY . /distribution
RUN mkdir -p /opt/anyserve/lib && cd /distribution \
 && cp -rp bin LICENSE THIRD-PARTY.md /opt/anyserve/ && cp -p bom/standalone.json /opt/anyserve/bom.json \
 && cp -rp lib/anyserve /opt/anyserve/lib/ && cp -p lib/*.jar /opt/anyserve/lib/ \
 && cp -rp models /opt/anyserve/

# The native libraries, unpacked: containers need no folder to unpack them to, and share their pages. What they come from goes.
FROM files AS unpacked
ENV DJL_CACHE_DIR=/opt/anyserve/natives
RUN { /opt/anyserve/bin/anyserve doctor --data /tmp/data >/tmp/doctor 2>&1 || true; } \
 && mv /opt/anyserve/natives/pytorch/* /opt/anyserve/natives/libtorch && rmdir /opt/anyserve/natives/pytorch \
 && chmod -R a+rX /opt/anyserve/natives && rm /opt/anyserve/lib/pytorch-native-*.jar
ENV PYTORCH_LIBRARY_PATH=/opt/anyserve/natives/libtorch

# What a start loads, linked ahead of time.
FROM unpacked AS rehearsed
RUN ANYSERVE_JAVA_OPTIONS=-XX:AOTCacheOutput=/opt/anyserve/anyserve.aot ANYSERVE_HEAP=512m \
   /opt/anyserve/bin/anyserve warm-cache && test -s /opt/anyserve/anyserve.aot

FROM ${JAVA_IMAGE}
RUN groupadd -r -g 10001 anyserve && useradd -r -u 10001 -g anyserve -d /opt/anyserve -s /usr/sbin/nologin anyserve \
 && install -d -o 10001 -g 10001 -m 700 /var/lib/anyserve
# The libraries change seldom and make up most of the image; AnyServe's own jars are a layer of their own.
COPY --from=unpacked /opt/anyserve/lib/*.jar /opt/anyserve/lib/
COPY --from=unpacked /opt/anyserve/natives /opt/anyserve/natives
COPY --from=files /opt/anyserve/models /opt/anyserve/models
COPY --from=files /opt/anyserve/bin /opt/anyserve/bin
COPY --from=files /opt/anyserve/LICENSE /opt/anyserve/THIRD-PARTY.md /opt/anyserve/bom.json /opt/anyserve/
COPY --from=files /opt/anyserve/lib/anyserve /opt/anyserve/lib/anyserve
COPY --from=rehearsed /opt/anyserve/anyserve.aot /opt/anyserve/
ARG VERSION=unknown
ARG REVISION=unknown
LABEL org.opencontainers.image.title="AnyServe standalone" \
      org.opencontainers.image.description="All services of AnyServe in one process, with an embedded Kafka broker and S3 server" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.vendor="AnyServe"
ENV PATH=/opt/anyserve/bin:$PATH
USER 10001:10001
WORKDIR /var/lib/anyserve
VOLUME /var/lib/anyserve
# A container's own loopback is of no use to callers. Publish the ports on the loopback of the machine.
ENV DJL_CACHE_DIR=/opt/anyserve/natives \
    PYTORCH_LIBRARY_PATH=/opt/anyserve/natives/libtorch \
    ANYSERVE_INGRESS_HOST=0.0.0.0 \
    ANYSERVE_INGRESS_API_HTTP_HOST=0.0.0.0 \
    ANYSERVE_INGRESS_HTTP_HOST=0.0.0.0 \
    ANYSERVE_METERING_USAGE_HTTP_HOST=0.0.0.0
EXPOSE 7400 7401 7406 7407
HEALTHCHECK --interval=10s --timeout=5s --start-period=90s --retries=3 CMD ["anyserve", "health"]
ENTRYPOINT ["anyserve"]
CMD ["up", "--data", "/var/lib/anyserve"]
