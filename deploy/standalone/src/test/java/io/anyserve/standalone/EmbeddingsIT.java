package io.anyserve.standalone;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.ByteString;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.errors.BadRequestException;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.embeddings.CreateEmbeddingResponse;
import com.openai.models.embeddings.EmbeddingCreateParams;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.codec.EmbeddingInputsCodec;
import io.anyserve.contracts.codec.EmbeddingsCodec;
import io.anyserve.contracts.codec.PayloadCodec;
import io.anyserve.contracts.codec.TokenCodec;
import io.anyserve.contracts.codec.UsageCodec;
import io.anyserve.contracts.embedding.Embedding;
import io.anyserve.contracts.embedding.EmbeddingInput;
import io.anyserve.contracts.embedding.EmbeddingInput.OfText;
import io.anyserve.contracts.embedding.EmbeddingInputs;
import io.anyserve.contracts.event.RequestResult;
import io.anyserve.contracts.event.TokenEvent.Chunk;
import io.anyserve.contracts.event.TokenEvent.Finished;
import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.runtime.kafka.PartitionRangeReader;
import io.anyserve.v1.InferRequest;
import io.anyserve.v1.InferResponse;
import io.anyserve.v1.InferStreamRequest;
import io.anyserve.v1.Inference;
import io.anyserve.v1.InferenceRequest;
import io.anyserve.v1.InferenceServiceGrpc;
import io.anyserve.v1.RequestContext;
import io.anyserve.v1.RequestKind;
import io.anyserve.v1.SessionUsage;
import io.anyserve.v1.StreamEvent;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Vectors of texts over HTTP and gRPC, through the log, a worker and the ledger. */
@Timeout(240)
final class EmbeddingsIT {

  private static final String EMBEDDING = "embedding";
  private static final String STORY = "story";
  private static final int DIMENSIONS = 384;

  private static RunningServices services;
  private static OpenAIClient client;

  @BeforeAll
  static void start(@TempDir Path data) throws Exception {
    services = RunningServices.simulated(data);
    client =
        OpenAIOkHttpClient.builder()
            .baseUrl("http://127.0.0.1:" + services.place().apiPort() + "/v1")
            .apiKey("none")
            .maxRetries(0)
            .build();
  }

  @AfterAll
  static void stop() {
    client.close();
    services.close();
  }

  private static EmbeddingCreateParams.Builder call(String session) {
    return EmbeddingCreateParams.builder()
        .model(EMBEDDING)
        .putAdditionalHeader("anyserve-session", session);
  }

  private static List<List<Float>> vectors(CreateEmbeddingResponse answer) {
    return answer.data().stream().map(com.openai.models.embeddings.Embedding::embedding).toList();
  }

  @Test
  void numbersAndBase64AreTheSameVectorsAndAreBilledAlike() {
    List<String> texts = List.of("the quiet river", "the quiet river", "invoices are due");
    CreateEmbeddingResponse usual =
        client.embeddings().create(call("formats").inputOfArrayOfStrings(texts).build());
    CreateEmbeddingResponse numbers =
        client
            .embeddings()
            .create(
                call("formats")
                    .inputOfArrayOfStrings(texts)
                    .encodingFormat(EmbeddingCreateParams.EncodingFormat.FLOAT)
                    .dimensions(DIMENSIONS)
                    .build());
    assertEquals(vectors(usual), vectors(numbers));
    assertEquals(DIMENSIONS, vectors(usual).getFirst().size());
    assertEquals(vectors(usual).get(0), vectors(usual).get(1));
    assertNotEquals(vectors(usual).get(0), vectors(usual).get(2));
    assertEquals(List.of(0L, 1L, 2L), usual.data().stream().map(one -> one.index()).toList());
    assertEquals(EMBEDDING, usual.model());
    assertEquals(9, usual.usage().promptTokens());
    assertEquals(9, usual.usage().totalTokens());
    SessionUsage billed = services.usage("formats", 2);
    assertEquals(18, billed.getPromptTokens());
    assertEquals(0, billed.getCompletionTokens());
    assertEquals(2, billed.getFinished());
  }

  @Test
  void tokensAreEmbeddedAsTheirText() {
    CreateEmbeddingResponse text =
        client.embeddings().create(call("tokens").input("the river").build());
    CreateEmbeddingResponse ids =
        client
            .embeddings()
            .create(call("tokens").inputOfArrayOfTokenArrays(List.of(List.of(0L, 8L))).build());
    assertEquals(vectors(text), vectors(ids));
  }

  /** They are more than a record takes: they travel as an object. */
  @Test
  void asManyTextsAsACallMayHaveComeBackInOrder() {
    String word = "t" + "o".repeat(60);
    List<String> texts = IntStream.range(0, 2_048).mapToObj(i -> word + " " + i).toList();
    List<List<Float>> all =
        vectors(client.embeddings().create(call("many").inputOfArrayOfStrings(texts).build()));
    assertEquals(2_048, all.size());
    List<List<Float>> last =
        vectors(client.embeddings().create(call("many").input(texts.getLast()).build()));
    assertEquals(last.getFirst(), all.getLast());
    assertEquals(4_096 + 2, services.usage("many", 2).getPromptTokens());
    List<String> more = new ArrayList<>(texts);
    more.add("one more");
    BadRequestException refused =
        assertThrows(
            BadRequestException.class,
            () -> client.embeddings().create(call("many").inputOfArrayOfStrings(more).build()));
    assertEquals("input", refused.param().orElse(""));
  }

  @Test
  void aModelDoesOnlyWhatItOffers() {
    BadRequestException writes =
        assertThrows(
            BadRequestException.class,
            () -> client.embeddings().create(call("no").model(STORY).input("x").build()));
    assertEquals("model", writes.param().orElse(""));
    var chat = ChatCompletionCreateParams.builder().model(EMBEDDING).addUserMessage("x").build();
    BadRequestException embeds =
        assertThrows(BadRequestException.class, () -> client.chat().completions().create(chat));
    assertEquals("model", embeds.param().orElse(""));
    StatusRuntimeException generate =
        assertThrows(
            StatusRuntimeException.class,
            () -> infer(RunningServices.inference(EMBEDDING, "no", RunningServices.text("x"), 5)));
    assertEquals(Status.Code.INVALID_ARGUMENT, generate.getStatus().getCode());
  }

  @Test
  void aRepeatedKeyIsOneRequestAndOneBill() {
    var keyed =
        call("keyed").input("the river").putAdditionalHeader("Idempotency-Key", "once").build();
    List<List<Float>> first = vectors(client.embeddings().create(keyed));
    assertEquals(first, vectors(client.embeddings().create(keyed)));
    vectors(client.embeddings().create(call("keyed").input("the sea").build()));
    SessionUsage billed = services.usage("keyed", 2);
    assertEquals(2, billed.getFinished());
    assertEquals(4, billed.getPromptTokens());
  }

  @Test
  void vectorsComeOverGrpcToo() {
    Inference embed = embed("grpc", 50);
    InferResponse whole = infer(embed);
    List<Embedding> vectors = EmbeddingsCodec.read(PayloadCodec.read(whole.getOutput())).vectors();
    assertEquals(50, vectors.size());
    assertEquals(100, whole.getUsage().getPromptTokens());
    List<Embedding> streamed = new ArrayList<>();
    InferenceServiceGrpc.newBlockingStub(services.channel())
        .inferStream(InferStreamRequest.newBuilder().setInference(embed).build())
        .forEachRemaining(event -> streamed.addAll(chunk(event)));
    assertEquals(vectors, streamed);
  }

  private static InferResponse infer(Inference inference) {
    return InferenceServiceGrpc.newBlockingStub(services.channel())
        .infer(InferRequest.newBuilder().setInference(inference).build());
  }

  private static List<Embedding> chunk(StreamEvent event) {
    return event.hasChunk()
        ? EmbeddingsCodec.read(PayloadCodec.read(event.getChunk().getPayload())).vectors()
        : List.of();
  }

  private static Inference embed(String session, int texts) {
    var inputs =
        new EmbeddingInputs(
            IntStream.range(0, texts)
                .<EmbeddingInput>mapToObj(i -> new OfText("text " + i))
                .toList());
    Payload input = EmbeddingInputsCodec.write(inputs);
    return Inference.newBuilder()
        .setCapability(EMBEDDING)
        .setSession(session)
        .setKind(RequestKind.REQUEST_KIND_EMBED)
        .setInput(PayloadCodec.write(input))
        .build();
  }

  /** Of a plain Kafka client: the vectors are in the result as they are in the stream. */
  @Test
  void aRecordOnTheIntakeIsEmbeddedWithoutACaller() throws Exception {
    Inference like = embed("asynchronous", 30);
    RequestId id = RequestId.next(System.currentTimeMillis(), new Random());
    submit(id, like);
    RequestResult result =
        Awaitility.await()
            .atMost(RunningServices.PATIENCE)
            .until(() -> results(id), found -> !found.isEmpty())
            .getFirst();
    Finished finished = assertInstanceOf(Finished.class, result.outcome());
    List<Embedding> vectors = EmbeddingsCodec.read(finished.output().orElseThrow()).vectors();
    assertEquals(vectors, streamed(id));
    Payload known = PayloadCodec.read(infer(like).getOutput());
    assertEquals(EmbeddingsCodec.read(known).vectors(), vectors);
    SessionUsage billed = services.usage("asynchronous", 2);
    assertEquals(120, billed.getPromptTokens());
    assertEquals(0, billed.getCompletionTokens());
    assertEquals(2, billed.getFinished());
  }

  private static void submit(RequestId id, Inference inference) throws Exception {
    var context =
        RequestContext.newBuilder()
            .setTenant("default")
            .setSession(inference.getSession())
            .setCapability(inference.getCapability())
            .setAcceptedAt(System.currentTimeMillis())
            .setAsynchronous(true);
    var request =
        InferenceRequest.newBuilder()
            .setRequestId(ByteString.copyFrom(id.bytes()))
            .setContext(context)
            .setKind(inference.getKind())
            .setInput(inference.getInput());
    String intake = RunningServices.TOPICS.intake();
    try (var producer = services.kafka().newProducer("plain", Map.of())) {
      producer.send(new ProducerRecord<>(intake, id.bytes(), request.build().toByteArray())).get();
    }
  }

  private static List<RequestResult> results(RequestId id) {
    return records(RunningServices.TOPICS.results()).stream()
        .filter(record -> Arrays.equals(record.key(), id.bytes()))
        .map(record -> UsageCodec.decodeResult(record.value()))
        .toList();
  }

  private static List<Embedding> streamed(RequestId id) {
    List<Embedding> vectors = new ArrayList<>();
    for (var record : records(RunningServices.TOPICS.tokens())) {
      for (TokenRecord token : TokenCodec.decodeAll(record.key(), record.value())) {
        if (token.request().equals(id) && token.event() instanceof Chunk chunk) {
          vectors.addAll(EmbeddingsCodec.read(chunk.payload().orElseThrow()).vectors());
        }
      }
    }
    return vectors;
  }

  private static List<ConsumerRecord<byte[], byte[]>> records(String topic) {
    List<ConsumerRecord<byte[], byte[]>> found = new ArrayList<>();
    var consumer =
        services.kafka().newAssignedConsumer("plain", IsolationLevel.READ_COMMITTED, Map.of());
    int partitions = consumer.partitionsFor(topic).size();
    try (PartitionRangeReader range = new PartitionRangeReader(consumer)) {
      for (int number = 0; number < partitions; number++) {
        var partition = new TopicPartition(topic, number);
        range.read(partition, 0, range.end(partition), found::add);
      }
    }
    return found;
  }

  @Test
  void aModelSaysThatItEmbeds() {
    var embeds = client.models().retrieve(EMBEDDING)._allProperties();
    assertEquals("384", String.valueOf(embeds.get("embedding_dimensions")));
    var writes = client.models().retrieve(STORY)._allProperties();
    assertFalse(writes.containsKey("embedding_dimensions"));
  }
}
