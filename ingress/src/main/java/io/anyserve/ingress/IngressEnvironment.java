package io.anyserve.ingress;

import io.anyserve.runtime.ProcessStatus;
import io.anyserve.runtime.trace.Tracing;
import io.grpc.BindableService;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What the process around an ingress provides.
 *
 * @param services more services for the same server, behind the same keys
 * @param router where the router listens, where the settings do not say it, such as in this
 *     process; called once, at the first question
 * @param process what the whole process tells about itself
 * @param tracing spans for calls and for what is sent
 */
public record IngressEnvironment(
    MeterRegistry meters,
    InstantSource clock,
    List<? extends BindableService> services,
    Optional<Supplier<InetSocketAddress>> router,
    Tracing tracing,
    ProcessStatus process) {

  public IngressEnvironment {
    services = List.copyOf(services);
  }

  /** Of an ingress alone, without spans. */
  public static IngressEnvironment of(MeterRegistry meters) {
    return new IngressEnvironment(
        meters,
        InstantSource.system(),
        List.of(),
        Optional.empty(),
        Tracing.OFF,
        new ProcessStatus(new PrometheusMeterRegistry(PrometheusConfig.DEFAULT), List::of));
  }
}
