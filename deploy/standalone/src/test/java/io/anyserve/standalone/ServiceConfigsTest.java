package io.anyserve.standalone;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.anyserve.runtime.Config;
import io.anyserve.worker.WorkerConfig;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** How instances are named and reached where the settings do not say it. */
final class ServiceConfigsTest {

  private static final String TOML =
      """
      [kafka]
      bootstrap.servers = "kafka:9092"
      [[worker.capability]]
      name = "story"
      engine = "simulated"
      """;

  @Test
  void replicasAreNamedByTheirHosts() {
    ServiceConfigs container = configs(Map.of("HOSTNAME", "0123456789ab"));

    assertEquals("0123456789ab", container.ingress(Optional.empty()).log().instance());
    assertEquals("0123456789ab", container.worker().id().value());
    assertEquals("0123456789ab", container.router(0).instance());
  }

  @Test
  void aNameInTheSettingsWins() {
    ServiceConfigs container =
        configs(
            Map.of(
                "HOSTNAME", "0123456789ab",
                "ANYSERVE_INGRESS_INSTANCE", "ingress-1",
                "ANYSERVE_WORKER_ID", "gpu-1",
                "ANYSERVE_ROUTER_INSTANCE", "router-1"));

    assertEquals("ingress-1", container.ingress(Optional.empty()).log().instance());
    assertEquals("gpu-1", container.worker().id().value());
    assertEquals("router-1", container.router(0).instance());
  }

  @Test
  void processesWithoutAHostNameHaveTheNamesOfTheirServices() {
    ServiceConfigs process = configs(Map.of());
    WorkerConfig worker = process.worker();

    assertEquals("ingress", process.ingress(Optional.empty()).log().instance());
    assertEquals("worker-1", worker.id().value());
    assertEquals("router", process.router(0).instance());
  }

  @Test
  void meteringIsReachedByItsHostWhereItListensOnAllAddresses() {
    assertEquals("127.0.0.1", meteringHost(Map.of("HOSTNAME", "meter")));
    assertEquals("meter", meteringHost(Map.of("HOSTNAME", "meter", host(), "0.0.0.0")));
    assertEquals("0.0.0.0", meteringHost(Map.of(host(), "0.0.0.0")));
    Map<String, String> advertised = new HashMap<>();
    advertised.put("HOSTNAME", "meter");
    advertised.put(host(), "0.0.0.0");
    advertised.put("ANYSERVE_METERING_ADVERTISED_HOST", "metering-1");
    assertEquals("metering-1", meteringHost(advertised));
  }

  private static String host() {
    return "ANYSERVE_METERING_HOST";
  }

  private static String meteringHost(Map<String, String> environment) {
    return configs(environment).metering().server().host();
  }

  private static ServiceConfigs configs(Map<String, String> environment) {
    return new ServiceConfigs(Config.parse(TOML, environment));
  }
}
