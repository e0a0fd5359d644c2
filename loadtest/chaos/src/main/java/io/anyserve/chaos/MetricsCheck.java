package io.anyserve.chaos;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Asks ingresses whether their own counts add up: accepted = ended + in flight. */
record MetricsCheck(List<Integer> ports) {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String ACCEPTED = "anyserve_ingress_requests_accepted_total";
  private static final String ENDED = "anyserve_ingress_requests_ended_total";
  private static final String IN_FLIGHT = "anyserve_ingress_requests_in_flight";

  /** What does not add up, for people. */
  List<String> mistakes() {
    List<String> mistakes = new ArrayList<>();
    ports.forEach(port -> check(port, mistakes));
    return mistakes;
  }

  /** What an ingress counts. */
  static String page(int port) throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newBuilder().connectTimeout(PATIENCE).build()) {
      return client
          .send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics"))
                  .timeout(PATIENCE)
                  .build(),
              HttpResponse.BodyHandlers.ofString())
          .body();
    }
  }

  private static void check(int port, List<String> mistakes) {
    try {
      String page = page(port);
      double accepted = sum(page, ACCEPTED);
      double ended = sum(page, ENDED);
      double inFlight = sum(page, IN_FLIGHT);
      if (accepted != ended + inFlight) {
        mistakes.add(
            "ingress at %d: accepted %.0f (expected: %.0f ended + %.0f in flight)"
                .formatted(port, accepted, ended, inFlight));
      }
    } catch (IOException e) {
      mistakes.add("ingress at " + port + ": no metrics (" + e + ")");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Of all lines of that name, whatever their labels. */
  static double sum(String page, String name) {
    return page.lines()
        .filter(line -> line.startsWith(name + " ") || line.startsWith(name + "{"))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }
}
