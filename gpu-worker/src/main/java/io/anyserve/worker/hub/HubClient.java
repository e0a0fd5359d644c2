package io.anyserve.worker.hub;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Asks a hub, by the calls that Hugging Face documents: {@code /api/models/REPO/revision/REVISION}
 * for the files of a repository, {@code /REPO/resolve/COMMIT/FILE} for one of them. Thread-safe;
 * blocks.
 */
public final class HubClient implements AutoCloseable {

  private static final Duration CONNECTING = Duration.ofSeconds(15);
  private static final Duration ANSWERING = Duration.ofSeconds(60);
  private static final int MOST_REDIRECTS = 5;
  private static final int LARGEST_LISTING = 32 << 20;

  private final HubSettings settings;
  private final HttpClient http =
      HttpClient.newBuilder()
          .followRedirects(HttpClient.Redirect.NEVER)
          .connectTimeout(CONNECTING)
          .build();

  public HubClient(HubSettings settings) {
    this.settings = settings;
  }

  /**
   * The files of a repository.
   *
   * @throws HubException when it does not exist, is not for this caller, or the hub does not answer
   */
  public Repository repository(ModelReference reference) throws InterruptedException {
    URI address =
        address(
            "/api/models/%s/revision/%s?blobs=true"
                .formatted(reference.repository(), encoded(reference.revision())));
    try {
      HttpResponse<InputStream> answer = get(address, 0);
      try (InputStream body = answer.body()) {
        if (answer.statusCode() != 200) {
          throw HubRefusal.of(reference, "", answer, settings);
        }
        byte[] listing = body.readNBytes(LARGEST_LISTING + 1);
        return RepositoryListing.read(reference, listing, LARGEST_LISTING);
      }
    } catch (IOException e) {
      throw new HubException(settings + ": no answer: " + e, e);
    }
  }

  /**
   * The content of a file.
   *
   * @param from the first byte that is wanted; the answer's status is 206 where it begins there,
   *     200 where it begins with the file
   * @throws IOException what another try may not meet
   * @throws HubException as {@link #repository}
   */
  HttpResponse<InputStream> content(Repository repository, RepositoryFile file, long from)
      throws IOException, InterruptedException {
    String path =
        Arrays.stream(file.path().split("/"))
            .map(HubClient::encoded)
            .collect(Collectors.joining("/"));
    URI address =
        address(
            "/%s/resolve/%s/%s"
                .formatted(repository.reference().repository(), repository.commit(), path));
    HttpResponse<InputStream> answer = get(address, from);
    int status = answer.statusCode();
    if (status == 200 || status == 206) {
      return answer;
    }
    answer.body().close();
    if (status == 429 || status >= 500) {
      throw new IOException("the hub answers " + status);
    }
    throw HubRefusal.of(repository.reference(), file.path(), answer, settings);
  }

  /** Follows redirects; only the endpoint itself gets to see the token. */
  private HttpResponse<InputStream> get(URI first, long from)
      throws IOException, InterruptedException {
    URI address = first;
    for (int i = 0; i <= MOST_REDIRECTS; i++) {
      HttpResponse<InputStream> answer =
          http.send(request(address, from), BodyHandlers.ofInputStream());
      String next = answer.headers().firstValue("location").orElse("");
      if (answer.statusCode() / 100 != 3 || next.isEmpty()) {
        return answer;
      }
      answer.body().close();
      address = target(address, next);
    }
    throw new IOException(
        first + ": more than " + MOST_REDIRECTS + " redirects (expected: a file)");
  }

  private static URI target(URI from, String location) throws IOException {
    URI to;
    try {
      to = from.resolve(location);
    } catch (IllegalArgumentException e) {
      throw new IOException(from + ": redirected to " + location + " (expected: an address)", e);
    }
    String scheme = String.valueOf(to.getScheme()).toLowerCase(Locale.ROOT);
    boolean asSafe = scheme.equals("https") || scheme.equals(from.getScheme());
    if (!asSafe || to.getHost() == null) {
      throw new IOException(from + ": redirected to " + to + " (expected: https)");
    }
    return to;
  }

  private HttpRequest request(URI address, long from) {
    var request =
        HttpRequest.newBuilder(address).timeout(ANSWERING).header("user-agent", "anyserve");
    if (from > 0) {
      request.header("range", "bytes=" + from + "-");
    }
    boolean home = address.getRawAuthority().equals(settings.endpoint().getRawAuthority());
    settings
        .token()
        .filter(_ -> home)
        .ifPresent(token -> request.header("authorization", "Bearer " + token));
    return request.build();
  }

  private URI address(String path) {
    return URI.create(settings.endpoint() + path);
  }

  private static String encoded(String part) {
    return URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20");
  }

  @Override
  public void close() {
    http.close();
  }
}
