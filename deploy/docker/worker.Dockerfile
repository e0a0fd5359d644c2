# The worker with the torch engine and the shipped model. The context is the distribution:
#   docker build -f deploy/docker/worker.Dockerfile -t anyserve/worker deploy/distribution/target/anyserve
# With --build-arg TORCH=cuda it computes on NVIDIA GPUs; the distribution needs lib/cuda then (assemble --cuda).
ARG JAVA_IMAGE=eclipse-temurin:25-jre

FROM ${JAVA_IMAGE} AS files
ARG TORCH=cpu
COPY . /distribution
RUN mkdir -p /opt/anyserve/lib && cd /distribution \
 && cp -rp bin LICENSE THIRD-PARTY.md /opt/anyserve/ && cp -p bom/worker.json /opt/anyserve/bom.json \
 && cp -rp lib/anyserve /opt/anyserve/lib/ && cd lib && xargs -a worker.list cp -pt /opt/anyserve/lib/ \
 && cp -rp /distribution/models /opt/anyserve/
# libtorch for NVIDIA GPUs takes the place of the other one.
RUN [ "$TORCH" = cpu ] || { rm /opt/anyserve/lib/pytorch-native-cpu-*.jar && cp -p /distribution/lib/"$TORCH"/*.jar /opt/anyserve/lib/; }

# The native libraries, unpacked: containers need no folder to unpack them to, and share their pages. What they come from goes.
FROM files AS unpacked
ENV DJL_CACHE_DIR=/opt/anyserve/natives
RUN { /opt/anyserve/bin/anyserve doctor --data /tmp/data >/tmp/doctor 2>&1 || true; } \
 && mv /opt/anyserve/natives/pytorch/* /opt/anyserve/natives/libtorch && rmdir /opt/anyserve/natives/pytorch \
 && chmod -R a+rX /opt/anyserve/natives && rm /opt/anyserve/lib/pytorch-native-*.jar
ENV PYTORCH_LIBRARY_PATH=/opt/anyserve/natives/libtorch

# What a start loads, linked ahead of time. The broker of the rehearsal is the distribution's; the image has none.
FROM unpacked AS rehearsed
RUN set -eu; /distribution/bin/anyserve run broker --data /tmp/kafka --port 7402 >/tmp/broker.log 2>&1 & \
 for try in $(seq 60); do grep -q 'broker is ready' /tmp/broker.log && break; sleep 1; done; \
 ANYSERVE_JAVA_OPTIONS=-XX:AOTCacheOutput=/opt/anyserve/anyserve.aot ANYSERVE_HEAP=512m \
   /opt/anyserve/bin/anyserve warm-cache --kafka 127.0.0.1:7402 WORKER \
 && test -s /opt/anyserve/anyserve.aot

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
LABEL org.opencontainers.image.title="AnyServe worker" \
      org.opencontainers.image.description="Worker of AnyServe with the torch engine" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.vendor="AnyServe"
ENV PATH=/opt/anyserve/bin:$PATH
USER 10001:10001
WORKDIR /var/lib/anyserve
VOLUME /var/lib/anyserve
ENV DJL_CACHE_DIR=/opt/anyserve/natives PYTORCH_LIBRARY_PATH=/opt/anyserve/natives/libtorch
EXPOSE 7411
HEALTHCHECK --interval=10s --timeout=5s --start-period=90s --retries=3 CMD ["anyserve", "health"]
ENTRYPOINT ["anyserve"]
CMD ["run", "worker", "--config", "/etc/anyserve/anyserve.toml"]
