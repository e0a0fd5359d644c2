package io.anyserve.worker.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.ChatMessage;
import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FinishReason;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.RequestKind;
import io.anyserve.contracts.TokenIds;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.answer.AnswerDelta;
import io.anyserve.contracts.codec.EmbeddingInputsCodec;
import io.anyserve.contracts.codec.EmbeddingsCodec;
import io.anyserve.contracts.embedding.Embedding;
import io.anyserve.contracts.embedding.EmbeddingInput;
import io.anyserve.contracts.embedding.EmbeddingInput.OfText;
import io.anyserve.contracts.embedding.EmbeddingInputs;
import io.anyserve.contracts.embedding.Embeddings;
import io.anyserve.contracts.event.TokenEvent;
import io.anyserve.contracts.event.TokenEvent.Cancelled;
import io.anyserve.contracts.event.TokenEvent.Chunk;
import io.anyserve.contracts.event.TokenEvent.Failed;
import io.anyserve.contracts.event.TokenEvent.Finished;
import io.anyserve.contracts.event.TokenEvent.Started;
import io.anyserve.contracts.image.ContentPart;
import io.anyserve.worker.TestRequests;
import io.anyserve.worker.publish.EventStreamWriter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class EmbeddingTest {

  private static final int DIMENSIONS = 384;
  private static final int PER_CHUNK = Embeddings.perChunk(DIMENSIONS);
  private static final Map<String, String> EMBEDS =
      Map.of("embedding-dimensions", String.valueOf(DIMENSIONS));

  private static Payload texts(int count) {
    return EmbeddingInputsCodec.write(
        new EmbeddingInputs(
            IntStream.range(0, count)
                .<EmbeddingInput>mapToObj(i -> new OfText("text " + i))
                .toList()));
  }

  private static InferenceRequest embed(long number, int count) {
    return embed(TestRequests.interactive(number, "x", 1), count);
  }

  private static InferenceRequest embed(InferenceRequest like, int count) {
    return like.with(texts(count)).with(RequestKind.EMBED);
  }

  private static List<Chunk> chunks(TestScheduler test, InferenceRequest request) {
    return test.of(request).stream()
        .filter(Chunk.class::isInstance)
        .map(Chunk.class::cast)
        .toList();
  }

  private static List<Embedding> vectors(List<Chunk> chunks) {
    return chunks.stream()
        .flatMap(chunk -> EmbeddingsCodec.read(chunk.payload().orElseThrow()).vectors().stream())
        .toList();
  }

  /** As an engine that nobody interrupts writes them. */
  private static List<Embedding> expected(int count) {
    var test = new TestScheduler(1, EMBEDS);
    InferenceRequest request = embed(1, count);
    test.submit(request);
    test.finish();
    return vectors(chunks(test, request));
  }

  private static Finished end(TestScheduler test, InferenceRequest request) {
    return assertInstanceOf(Finished.class, test.of(request).getLast());
  }

  @Test
  void theTokensOfAllTextsAreThePrompt() {
    var test = new TestScheduler(1, EMBEDS);
    InferenceRequest request = embed(1, 50);
    test.submit(request);
    test.finish();
    Started started = assertInstanceOf(Started.class, test.of(request).getFirst());
    assertEquals(100, started.promptTokens());
    List<Chunk> chunks = chunks(test, request);
    assertEquals(List.of(0L, 1L, 2L), chunks.stream().map(Chunk::sequence).toList());
    assertTrue(chunks.stream().allMatch(chunk -> chunk.tokens().equals(TokenIds.NONE)));
    assertEquals(50, vectors(chunks).size());
    assertEquals(new TokenUsage(100, 0, 0), end(test, request).usage());
    assertEquals(FinishReason.STOP, end(test, request).reason());
    assertEquals(Optional.empty(), end(test, request).output());
  }

  @Test
  void anotherAttemptGoesOnBehindTheChunksOfTheFirst() {
    var test = new TestScheduler(1, EMBEDS);
    InferenceRequest request = embed(1, 50);
    var stream = new EventStreamWriter(request, TestRequests.SOURCE, 2, 77, test.owner);
    var earlier = new PriorOutput(100, 1, TokenIds.NONE, AnswerDelta.NOTHING, Optional.empty());
    test.log.fence(stream, TestScheduler.IDENTITY.started(stream, 0), earlier.usage());
    assertTrue(test.inbox.offer(TestRequests.work(stream, earlier)));
    test.finish();
    List<Chunk> chunks = chunks(test, request);
    assertEquals(List.of(1L, 2L), chunks.stream().map(Chunk::sequence).toList());
    assertEquals(expected(50).subList(PER_CHUNK, 50), vectors(chunks));
    assertEquals(new TokenUsage(100, 0, 0), end(test, request).usage());
  }

  @Test
  void anotherAttemptWritesTheEndAloneWhereAllVectorsAreThere() {
    var test = new TestScheduler(1, EMBEDS);
    InferenceRequest request = embed(1, 50);
    var stream = new EventStreamWriter(request, TestRequests.SOURCE, 2, 77, test.owner);
    var earlier = new PriorOutput(100, 3, TokenIds.NONE, AnswerDelta.NOTHING, Optional.empty());
    test.log.fence(stream, TestScheduler.IDENTITY.started(stream, 0), earlier.usage());
    assertTrue(test.inbox.offer(TestRequests.work(stream, earlier)));
    test.finish();
    assertEquals(List.of(), chunks(test, request));
    assertEquals(new TokenUsage(100, 0, 0), end(test, request).usage());
  }

  @Test
  void anAsynchronousRequestEndsWithAllItsVectorsThoughItLeftItsSlot() {
    var test = new TestScheduler(1, with("token-rate", "1000"));
    InferenceRequest request = embed(TestRequests.batch(1, "x", 1), 50);
    test.submit(request);
    test.step();
    assertEquals(1, chunks(test, request).size());
    InferenceRequest urgent = embed(2, 1);
    test.submit(urgent);
    test.finish();
    assertInstanceOf(Finished.class, test.of(urgent).getLast());
    assertEquals(List.of(0L, 1L, 2L), chunks(test, request).stream().map(Chunk::sequence).toList());
    Payload output = end(test, request).output().orElseThrow();
    assertEquals(expected(50), EmbeddingsCodec.read(output).vectors());
  }

  @Test
  void anAsynchronousRequestEndsWithTheVectorsOfAnEarlierAttemptToo() {
    var test = new TestScheduler(1, EMBEDS);
    InferenceRequest request = embed(TestRequests.batch(1, "x", 1), 50);
    var stream = new EventStreamWriter(request, TestRequests.SOURCE, 2, 77, test.owner);
    Payload written = EmbeddingsCodec.write(new Embeddings(expected(50).subList(0, PER_CHUNK)));
    var earlier = new PriorOutput(100, 1, TokenIds.NONE, AnswerDelta.NOTHING, Optional.of(written));
    test.log.fence(stream, TestScheduler.IDENTITY.started(stream, 0), earlier.usage());
    assertTrue(test.inbox.offer(TestRequests.work(stream, earlier)));
    test.finish();
    Payload output = end(test, request).output().orElseThrow();
    assertEquals(expected(50), EmbeddingsCodec.read(output).vectors());
  }

  private static Map<String, String> with(String option, String value) {
    return Map.of("embedding-dimensions", String.valueOf(DIMENSIONS), option, value);
  }

  @Test
  void aCancelStopsBetweenChunksAndCountsThePrompt() {
    var test = new TestScheduler(1, with("token-rate", "1000"));
    InferenceRequest request = embed(1, 50);
    test.submit(request);
    test.step();
    test.inbox.tell(new SchedulerCommand.Cancel(request.id(), CancelReason.CLIENT_GONE));
    test.finish();
    Cancelled cancelled = assertInstanceOf(Cancelled.class, test.of(request).getLast());
    assertEquals(new TokenUsage(100, 0, 0), cancelled.usage());
    assertEquals(1, chunks(test, request).size());
  }

  @Test
  void aQuotaThatHoldsLessThanTheTextsEndsItBeforeItBegins() {
    var test = new TestScheduler(1, EMBEDS);
    InferenceRequest request = embed(1, 50).reserved(OptionalLong.of(99));
    test.submit(request);
    test.finish();
    Cancelled cancelled = assertInstanceOf(Cancelled.class, test.of(request).getLast());
    assertEquals(CancelReason.QUOTA, cancelled.reason());
    assertEquals(0, chunks(test, request).size());
  }

  @Test
  void aModelDoesOnlyWhatItOffers() {
    var encoder = new TestScheduler(1, EMBEDS);
    InferenceRequest story = TestRequests.interactive(1, "once", 3);
    assertEquals(
        "capability: words embeds texts (expected: one that writes text)", refusal(encoder, story));
    var decoder = new TestScheduler(1, Map.of());
    assertEquals(
        "capability: words writes text (expected: one that embeds texts)",
        refusal(decoder, embed(2, 1)));
    assertEquals(
        "images: words takes no images (expected: none, or a capability that offers vision)",
        refusal(decoder, TestRequests.interactive(3, "x", 1).with(image())));
  }

  private static Payload image() {
    ByteString png = ByteString.fromHex("89504e470d0a1a0a0000000d494844520000000200000003");
    return new Payload.Chat(List.of(ChatMessage.ofParts(List.of(new ContentPart.Image(png)), "")));
  }

  @Test
  void inputsThatAreNoTextsAreRefused() {
    var test = new TestScheduler(1, EMBEDS);
    InferenceRequest text = TestRequests.interactive(1, "once", 3).with(RequestKind.EMBED);
    assertEquals(
        "input: text (expected: data of the type application/vnd.anyserve.embedding-inputs)",
        refusal(test, text));
  }

  private static String refusal(TestScheduler test, InferenceRequest request) {
    test.submit(request);
    test.finish();
    List<TokenEvent> events = test.of(request);
    assertEquals(2, events.size());
    assertInstanceOf(Started.class, events.getFirst());
    Failure failure = assertInstanceOf(Failed.class, events.getLast()).failure();
    assertEquals(FailureCode.INVALID_REQUEST, failure.code());
    return failure.message();
  }

  @Test
  void anEncoderTellsTokensToo() {
    var test = new TestScheduler(1, EMBEDS);
    InferenceRequest asked = TestRequests.interactive(1, "the river", 1).with(RequestKind.TOKENIZE);
    test.submit(asked);
    test.step();
    assertInstanceOf(Finished.class, test.of(asked).getLast());
  }
}
