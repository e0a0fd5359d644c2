package io.anyserve.standalone.openai;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.StreamResponse;
import com.openai.models.responses.Response;
import com.openai.models.responses.ResponseRetrieveParams;
import com.openai.models.responses.ResponseStatus;
import com.openai.models.responses.ResponseStreamEvent;
import io.anyserve.standalone.RunningServices;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Responses outlive ingress, router and broker. */
@Timeout(300)
final class ResponsesRestartIT {

  @TempDir Path data;

  @Test
  void responsesSurviveARestart() throws Exception {
    Response before;
    String background;
    List<ResponseStreamEvent> events;
    try (RunningServices services = RunningServices.simulated(data)) {
      OpenAIClient client = client(services);
      before = client.responses().create(ResponsesIT.response("story", "Once").build());
      background =
          client
              .responses()
              .create(ResponsesIT.response("story", "Twice").background(true).build())
              .id();
      await()
          .atMost(RunningServices.PATIENCE)
          .until(() -> status(client, background).equals(ResponseStatus.INCOMPLETE));
      events = stream(client, background);
      client.close();
    }
    try (RunningServices services = RunningServices.simulated(data)) {
      OpenAIClient client = client(services);
      assertEquals(before, client.responses().retrieve(before.id()));
      assertEquals(ResponseStatus.INCOMPLETE, status(client, background));
      assertEquals(events, stream(client, background));
      Response next =
          client
              .responses()
              .create(
                  ResponsesIT.response("story", "more").previousResponseId(before.id()).build());
      assertEquals(before.id(), next.previousResponseId().orElseThrow());
      client.close();
    }
  }

  private static OpenAIClient client(RunningServices services) {
    return OpenAIOkHttpClient.builder()
        .baseUrl("http://127.0.0.1:" + services.place().apiPort() + "/v1")
        .apiKey("none")
        .maxRetries(0)
        .build();
  }

  private static ResponseStatus status(OpenAIClient client, String id) {
    return client.responses().retrieve(id).status().orElseThrow();
  }

  private static List<ResponseStreamEvent> stream(OpenAIClient client, String id) {
    try (StreamResponse<ResponseStreamEvent> stream =
        client
            .responses()
            .retrieveStreaming(ResponseRetrieveParams.builder().responseId(id).build())) {
      return stream.stream().toList();
    }
  }
}
