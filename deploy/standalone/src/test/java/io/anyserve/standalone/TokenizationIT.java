package io.anyserve.standalone;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.v1.SessionUsage;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tokens of prompts and back, through the log and a worker. */
@Timeout(240)
final class TokenizationIT {

  @Test
  void promptsAreTokenizedAndBilledAsNothing(@TempDir Path data) throws Exception {
    try (var services = RunningServices.simulated(data);
        var client = HttpClient.newHttpClient()) {
      String tokenized =
          post(services, client, "/tokenize", "\"prompt\":\"the river and Rome\"").body();
      assertTrue(tokenized.contains("\"tokens\":[0,8,62,64]"), tokenized);
      assertTrue(tokenized.startsWith("{\"count\":4,"), tokenized);
      assertEquals(
          "{\"prompt\":\"the river and <unk>\"}",
          post(services, client, "/detokenize", "\"tokens\":[0,8,62,64]").body());
      var refused = post(services, client, "/detokenize", "\"tokens\":[65]");
      assertEquals(400, refused.statusCode());
      assertTrue(refused.body().contains("tokens: token 65 (expected: 0 to 64)"), refused.body());
      SessionUsage usage = services.usage("counting", 3);
      assertEquals(0, usage.getPromptTokens());
      assertEquals(0, usage.getCompletionTokens());
      assertEquals(2, usage.getFinished());
    }
  }

  private static HttpResponse<String> post(
      RunningServices services, HttpClient client, String path, String input) throws Exception {
    String body = "{\"model\":\"story\"," + input + "}";
    return client.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + services.place().apiPort() + path))
            .header("Content-Type", "application/json")
            .header("anyserve-session", "counting")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }
}
