package io.anyserve.metering.page;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Asks the API without a browser. */
final class ApiClient {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final URI address;
  private final String key;

  ApiClient(URI address, String key) {
    this.address = address;
    this.key = key;
  }

  JsonNode json(String url) {
    HttpResponse<String> answer = get(url);
    if (answer.statusCode() != 200) {
      throw new AssertionError(url + ": " + answer.statusCode() + " " + answer.body());
    }
    return JSON.readTree(answer.body());
  }

  HttpResponse<String> get(String url) {
    var request =
        HttpRequest.newBuilder(address.resolve(url))
            .header("Authorization", "Bearer " + key)
            .build();
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(request, BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
