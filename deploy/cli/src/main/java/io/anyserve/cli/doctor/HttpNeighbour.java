package io.anyserve.cli.doctor;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Optional;

/** Asks over HTTP; something else on the port is no neighbour. */
final class HttpNeighbour implements PortsCheck.Neighbour {

  private static final Duration PATIENCE = Duration.ofSeconds(3);
  private static final String OURS = "anyserve_ready";

  @Override
  public Optional<String> readiness(int port) throws InterruptedException {
    try (HttpClient http = HttpClient.newBuilder().connectTimeout(PATIENCE).build()) {
      if (!get(http, port, "/metrics").body().contains(OURS)) {
        return Optional.empty();
      }
      return Optional.of(get(http, port, "/readiness").body().strip().replace("\n", "; "));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static HttpResponse<String> get(HttpClient http, int port, String path)
      throws IOException, InterruptedException {
    URI uri = URI.create("http://127.0.0.1:" + port + path);
    return http.send(
        HttpRequest.newBuilder(uri).timeout(PATIENCE).build(), BodyHandlers.ofString());
  }
}
