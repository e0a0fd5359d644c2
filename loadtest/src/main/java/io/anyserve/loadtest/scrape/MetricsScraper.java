package io.anyserve.loadtest.scrape;

import io.anyserve.loadtest.report.ProcessReport;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;

/** Asks processes for their metrics. Does not block; a process that does not answer is left out. */
public final class MetricsScraper implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(2);
  private static final int OK = 200;

  private record Scraped(HttpRequest request, ProcessFollower follower) {}

  private final HttpClient client = HttpClient.newBuilder().connectTimeout(PATIENCE).build();
  private final List<Scraped> processes;

  /** Throws IllegalArgumentException for what is no address. */
  public MetricsScraper(List<String> urls) {
    processes =
        urls.stream()
            .map(
                url ->
                    new Scraped(
                        HttpRequest.newBuilder(URI.create(url)).timeout(PATIENCE).build(),
                        new ProcessFollower(url)))
            .toList();
  }

  /**
   * Asks all of them.
   *
   * @param second from the start of the stretch
   */
  public void scrape(double second) {
    for (Scraped process : processes) {
      var _ =
          client
              .sendAsync(process.request(), BodyHandlers.ofString())
              .thenAccept(response -> answered(process, second, response));
    }
  }

  private static void answered(Scraped process, double second, HttpResponse<String> response) {
    if (response.statusCode() == OK) {
      process.follower().add(second, MetricsText.parse(response.body()));
    }
  }

  /** What they said since the last call. */
  public List<ProcessReport> drain() {
    return processes.stream().map(process -> process.follower().drain()).toList();
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
