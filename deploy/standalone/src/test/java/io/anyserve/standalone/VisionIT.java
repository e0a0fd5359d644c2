package io.anyserve.standalone;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.anyserve.v1.ChatMessage;
import io.anyserve.v1.ChatMessages;
import io.anyserve.v1.ContentPart;
import io.anyserve.v1.Image;
import io.anyserve.v1.InferRequest;
import io.anyserve.v1.InferenceServiceGrpc;
import io.anyserve.v1.ObjectMetadata;
import io.anyserve.v1.ObjectRef;
import io.anyserve.v1.ObjectServiceGrpc;
import io.anyserve.v1.Payload;
import io.anyserve.v1.PutObjectRequest;
import io.anyserve.v1.PutObjectResponse;
import io.grpc.stub.StreamObserver;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Chats with images over HTTP and gRPC, through the log and a worker with a small model. */
@Timeout(240)
@ExtendWith(SharedServices.class)
final class VisionIT {

  private static final Path VISION =
      Path.of("../../gpu-worker/src/test/resources/io/anyserve/worker/torch/vision");
  private static final int TOKENS = 8;

  private static RunningServices services;
  private static SingleService worker;
  private static HttpClient client;

  @BeforeAll
  static void start(RunningServices shared) throws Exception {
    services = shared;
    client = HttpClient.newHttpClient();
    Credentials credentials = Credentials.in(services.place().data());
    worker =
        services.join(
            SingleService.Service.WORKER,
            """
            [worker]
            id = "sight"
            http-port = 0
            routers = "127.0.0.1:%d"
            [[worker.capability]]
            name = "sight"
            engine = "torch"
            model = "%s"
            slots = 2
            precision = "f32"
            [objects]
            endpoint = "http://127.0.0.1:%d"
            access-key = "%s"
            secret-key = "%s"
            """
                .formatted(
                    services.place().routerPort(),
                    VISION.resolve("smolvlm").toAbsolutePath().normalize(),
                    services.place().objectsPort(),
                    credentials.accessKey(),
                    credentials.secretKey()));
  }

  @AfterAll
  static void stop() {
    worker.close();
    client.close();
  }

  /** Of the same image, in the request and in the object store. */
  @Test
  void anImageIsAnsweredOverHttpAndGrpc() throws Exception {
    byte[] image = Files.readAllBytes(VISION.resolve("images/squares.png"));
    JsonNode answer = answered("sight", dataUrl(image));
    assertEquals(90, answer.path("usage").path("prompt_tokens").intValue());
    assertEquals(TOKENS, answer.path("usage").path("completion_tokens").intValue());
    String text = answer.path("choices").path(0).path("message").path("content").stringValue();

    assertEquals(text, answered(Image.newBuilder().setData(ByteString.copyFrom(image))));
    assertEquals(text, answered(Image.newBuilder().setObject(stored(image))));

    byte[] other = Files.readAllBytes(VISION.resolve("images/palette.png"));
    assertNotEquals(text, answered(Image.newBuilder().setData(ByteString.copyFrom(other))));
  }

  @Test
  void whatIsNoImageIsRefusedBeforeItIsPublished() throws Exception {
    byte[] image = Files.readAllBytes(VISION.resolve("images/squares.png"));
    refused("sight", "https://example.org/a.png", "messages[0].content[1].image_url.url");
    refused("sight", dataUrl("no image".getBytes(UTF_8)), "messages[0].content[1].image_url.url");
    refused("story", dataUrl(image), "messages");
  }

  private static String dataUrl(byte[] image) {
    return "data:image/png;base64," + Base64.getEncoder().encodeToString(image);
  }

  private static JsonNode answered(String model, String url) throws Exception {
    HttpResponse<String> response = call(model, url, false);
    assertEquals(200, response.statusCode(), response.body());
    return JsonMapper.shared().readTree(response.body());
  }

  private static void refused(String model, String url, String parameter) throws Exception {
    HttpResponse<String> response = call(model, url, true);
    assertEquals(400, response.statusCode(), response.body());
    JsonNode error = JsonMapper.shared().readTree(response.body()).path("error");
    assertEquals(parameter, error.path("param").asString(""), response.body());
    assertTrue(error.path("message").asString("").contains("(expected: "), response.body());
  }

  /** The image is the first part of the content, or the second one. */
  private static HttpResponse<String> call(String model, String url, boolean last)
      throws Exception {
    String image =
        """
        {"type": "image_url", "image_url": {"url": "%s", "detail": "auto"}}"""
            .formatted(url);
    String text =
        """
        {"type": "text", "text": "What is this?"}""";
    String body =
        """
        {"model": "%s", "max_tokens": %d, "temperature": 0, "ignore_eos": true,
         "messages": [{"role": "user", "content": [%s, %s]}]}"""
            .formatted(model, TOKENS, last ? text : image, last ? image : text);
    return client.send(
        HttpRequest.newBuilder(
                URI.create(
                    "http://127.0.0.1:" + services.place().apiPort() + "/v1/chat/completions"))
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body))
            .build(),
        BodyHandlers.ofString());
  }

  private static String answered(Image.Builder image) {
    Payload input =
        Payload.newBuilder()
            .setChat(
                ChatMessages.newBuilder()
                    .addMessages(
                        ChatMessage.newBuilder()
                            .setRole("user")
                            .addParts(ContentPart.newBuilder().setImage(image))
                            .addParts(ContentPart.newBuilder().setText("What is this?"))))
            .build();
    var inference = RunningServices.inference("sight", "s", input, TOKENS).toBuilder();
    inference.getParametersBuilder().setTemperature(0);
    return InferenceServiceGrpc.newBlockingStub(services.channel())
        .infer(InferRequest.newBuilder().setInference(inference).build())
        .getOutput()
        .getText();
  }

  private static ObjectRef stored(byte[] image) throws Exception {
    var stored = new CompletableFuture<ObjectRef>();
    StreamObserver<PutObjectRequest> upload =
        ObjectServiceGrpc.newStub(services.channel())
            .putObject(
                new StreamObserver<>() {
                  @Override
                  public void onNext(PutObjectResponse response) {
                    stored.complete(response.getObject());
                  }

                  @Override
                  public void onError(Throwable failure) {
                    stored.completeExceptionally(failure);
                  }

                  @Override
                  public void onCompleted() {}
                });
    upload.onNext(
        PutObjectRequest.newBuilder()
            .setMetadata(ObjectMetadata.newBuilder().setContentType("image/png"))
            .build());
    upload.onNext(PutObjectRequest.newBuilder().setData(ByteString.copyFrom(image)).build());
    upload.onCompleted();
    return stored.get(1, TimeUnit.MINUTES);
  }
}
