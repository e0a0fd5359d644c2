package io.anyserve.cli.doctor;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/** The time that a web server writes in the header {@code Date} of any answer. */
final class HttpClock implements ObjectStoreCheck.RemoteClock {

  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final URI server;

  HttpClock(URI server) {
    this.server = server;
  }

  @Override
  public Optional<Instant> now() throws InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(server)
            .method("HEAD", BodyPublishers.noBody())
            .timeout(PATIENCE)
            .build();
    try (HttpClient http = HttpClient.newBuilder().connectTimeout(PATIENCE).build()) {
      return http.send(request, BodyHandlers.discarding())
          .headers()
          .firstValue("Date")
          .map(HttpClock::parse);
    } catch (IOException | DateTimeException e) {
      return Optional.empty();
    }
  }

  private static Instant parse(String date) {
    return ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
  }
}
