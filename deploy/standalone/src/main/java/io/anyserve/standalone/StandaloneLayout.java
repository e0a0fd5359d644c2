package io.anyserve.standalone;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * Where a standalone process lives: its directory and its ports, eight in a row.
 *
 * @param data survives restarts
 * @param port of gRPC; HTTP, Kafka, S3, the router, the usage page and the OpenAI-compatible API
 *     follow it
 * @param model the folder or the file of the model that is served, unused with {@code simulated}
 */
public record StandaloneLayout(Path data, int port, boolean simulated, Path model) {

  public static final int DEFAULT_PORT = 7400;

  private static final int HIGHEST_PORT = 32_760;
  private static final int HTTP = 1;
  private static final int KAFKA = 2;
  private static final int S3 = 4;
  private static final int ROUTER = 5;
  private static final int USAGE = 6;
  private static final int API = 7;

  /** Resume tokens outlive the process, as the log does. */
  private static final String RESUME_KEY = "ANYSERVE_INGRESS_RESUME_KEY";

  private static final String USAGE_URL = "ANYSERVE_INGRESS_USAGE_URL";

  public StandaloneLayout {
    if (port < 1024 || port > HIGHEST_PORT) {
      throw new IllegalArgumentException(
          "port: " + port + " (expected: 1024 to " + HIGHEST_PORT + ")");
    }
  }

  public int httpPort() {
    return port + HTTP;
  }

  int kafkaPort() {
    return port + KAFKA;
  }

  int objectsPort() {
    return port + S3;
  }

  public int routerPort() {
    return port + ROUTER;
  }

  int usagePort() {
    return port + USAGE;
  }

  /** Of the OpenAI-compatible API. */
  public int apiPort() {
    return port + API;
  }

  /** The settings of all services, without what this place decides. */
  String settings() throws IOException {
    String name = simulated ? "/simulated.toml" : "/standalone.toml";
    try (InputStream resource = StandaloneLayout.class.getResourceAsStream(name)) {
      if (resource == null) {
        throw new IOException("resource " + name + " is missing");
      }
      String toml = new String(resource.readAllBytes(), StandardCharsets.UTF_8);
      return toml.replace(
          "engine = \"torch\"", "engine = \"torch\"\nmodel = '" + model.toAbsolutePath() + "'");
    }
  }

  /**
   * The addresses, folders and credentials of the embedded services, and every other variable of
   * {@code set}. Only the resume key and the address of the usage page of {@code set} win over
   * those made here.
   */
  Map<String, String> environment(Credentials credentials, Map<String, String> set) {
    Map<String, String> all = new HashMap<>();
    all.put("ANYSERVE_KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:" + kafkaPort());
    all.put("ANYSERVE_INGRESS_PORT", Integer.toString(port));
    all.put("ANYSERVE_INGRESS_API_HTTP_PORT", Integer.toString(apiPort()));
    all.put("ANYSERVE_INGRESS_HTTP_PORT", Integer.toString(httpPort()));
    all.put(
        "ANYSERVE_WORKER_ROUTERS",
        "127.0.0.1:" + set.getOrDefault("ANYSERVE_ROUTER_PORT", Integer.toString(routerPort())));
    all.put("ANYSERVE_ROUTER_STATE_DIRECTORY", data.resolve("router").toString());
    all.put("ANYSERVE_METERING_STATE_DIRECTORY", data.resolve("metering").toString());
    all.put("ANYSERVE_OBJECTS_ENDPOINT", "http://127.0.0.1:" + objectsPort());
    all.put("ANYSERVE_OBJECTS_ACCESS_KEY", credentials.accessKey());
    all.put("ANYSERVE_OBJECTS_SECRET_KEY", credentials.secretKey());
    all.put(USAGE_URL, set.getOrDefault(USAGE_URL, usageUrl(set)));
    if (!set.containsKey(RESUME_KEY + "_FILE")) {
      all.put(RESUME_KEY, set.getOrDefault(RESUME_KEY, "resume " + credentials.secretKey()));
    }
    set.forEach(
        (name, value) -> {
          if (name.startsWith("ANYSERVE_")) {
            all.putIfAbsent(name, value);
          }
        });
    return all;
  }

  private String usageUrl(Map<String, String> set) {
    return "http://127.0.0.1:%s/usage"
        .formatted(
            set.getOrDefault("ANYSERVE_METERING_USAGE_HTTP_PORT", Integer.toString(usagePort())));
  }
}
