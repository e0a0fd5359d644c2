package io.anyserve.worker.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.anyserve.contracts.ChatMessage;
import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.FinishReason;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.Payload.Bytes;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.TokenIds;
import io.anyserve.contracts.answer.AnswerDelta;
import io.anyserve.contracts.sampling.GenerationParameters;
import io.anyserve.contracts.sampling.PositionLogprobs;
import io.anyserve.contracts.sampling.SamplingParams;
import io.anyserve.worker.engine.Engine;
import io.anyserve.worker.engine.SequenceRequest;
import io.anyserve.worker.engine.StepListener;
import io.anyserve.worker.torch.model.InvalidModelException;
import io.anyserve.worker.torch.precision.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TorchEngineIT {

  private static final TenantId ACME = new TenantId("acme");

  private static final TorchModel.Options OPTIONS = new TorchModel.Options(Precision.F32, 2, 64, 2);

  private @TempDir Path folder;
  private TorchEngine engine;
  private final RecordingListener heard = new RecordingListener();

  @BeforeEach
  void load() throws IOException {
    engine = TorchEngine.load(TinyModel.write(folder), OPTIONS);
  }

  @AfterEach
  void close() {
    engine.close();
  }

  @Test
  void describesItself() {
    assertEquals("torch", engine.description().kind());
    assertEquals(folder.getFileName().toString(), engine.description().model());
    assertEquals(2, engine.description().slots());
    assertEquals(64, engine.description().contextLength());
    assertEquals(new Engine.Numerics("f32", "configured"), engine.description().numerics());
  }

  @Test
  void answersTextAndConversations() {
    var chat = new Payload.Chat(List.of(new ChatMessage("user", "Hi the")));
    var data = new Bytes(ByteString.copyFromUtf8("Hi the"), "text/plain");
    var text = engine.admit(task(1, new Payload.Text("Hi the"), TokenIds.NONE));
    assertEquals(3, text.promptTokens());
    assertEquals(0, text.cachedTokens());
    assertEquals(text.promptTokens(), engine.tokenize(new Payload.Text("Hi the")).size());
    assertEquals(text, engine.admit(task(2, chat, TokenIds.NONE)));
    assertEquals(text.promptTokens(), engine.tokenize(chat).size());
    runUntilEnded(1, 2);
    engine.admit(task(3, data, TokenIds.NONE));
    runUntilEnded(3);
    assertEquals(12, heard.tokens(1).size());
    assertEquals(heard.tokens(1), heard.tokens(2));
    assertEquals(heard.tokens(1), heard.tokens(3));
    assertEquals(FinishReason.LENGTH, heard.ended.get(1L));
  }

  @Test
  void goesOnWhereAnEarlierAttemptStopped() {
    engine.admit(task(1, new Payload.Text("abc"), TokenIds.NONE));
    runUntilEnded(1);
    List<Integer> tokens = List.copyOf(heard.tokens(1));
    List<String> texts = List.copyOf(heard.texts(1));
    for (int written : new int[] {1, 5, 11}) {
      heard.forget(written);
      engine.admit(task(written, new Payload.Text("abc"), ids(tokens.subList(0, written))));
      runUntilEnded(written);
      assertEquals(tokens.subList(written, 12), heard.tokens(written));
      assertEquals(texts.subList(written, 12), heard.texts(written));
    }
  }

  @Test
  void endsAtOnceWhereAllWasWritten() {
    engine.admit(task(1, new Payload.Text("abc"), TokenIds.NONE));
    runUntilEnded(1);
    List<Integer> tokens = heard.tokens(1);
    engine.admit(task(2, new Payload.Text("abc"), ids(tokens)));
    engine.step(heard);
    assertEquals(FinishReason.LENGTH, heard.ended.get(2L));
    assertFalse(heard.tokens.containsKey(2L));
  }

  @Test
  void freesTheSlotOfACancelledRun() {
    for (long executionId = 0; executionId < 5; executionId++) {
      engine.admit(task(executionId, new Payload.Text("abc"), TokenIds.NONE));
      engine.step(heard);
      engine.cancel(executionId);
      engine.cancel(executionId + 100);
    }
    engine.step(heard);
    assertTrue(heard.ended.isEmpty());
  }

  @Test
  void aCancelledRunGivesItsSlotAtOnceWhateverItDoes() {
    engine.admit(task(1, new Payload.Text("abc"), TokenIds.NONE));
    engine.step(heard);
    engine.step(heard);
    engine.admit(task(2, new Payload.Text("def"), TokenIds.NONE));
    engine.cancel(1);
    engine.cancel(2);
    engine.admit(task(3, new Payload.Text("abc"), TokenIds.NONE));
    engine.admit(task(4, new Payload.Text("abc"), TokenIds.NONE));
    runUntilEnded(3, 4);
    assertEquals(heard.tokens(3), heard.tokens(4));
    assertFalse(heard.ended.containsKey(1L));
  }

  @Test
  void refusesWhatItCannotRun() {
    assertRefused(FailureCode.INVALID_REQUEST, "prompt: 0 tokens", new Payload.Text(""));
    assertRefused(
        FailureCode.CONTEXT_LENGTH_EXCEEDED,
        "prompt: 64 tokens (expected: at most 63)",
        new Payload.Text("a".repeat(64)));
    assertRefused(
        FailureCode.CONTEXT_LENGTH_EXCEEDED,
        "prompt: at least 96153 tokens (expected: at most 63)",
        new Payload.Text("a".repeat(5_000_000)));
    assertRefused(
        FailureCode.INVALID_REQUEST,
        "content type: image/png (expected: text/...)",
        new Bytes(ByteString.EMPTY, "image/png"));
    assertRefused(
        FailureCode.INVALID_REQUEST,
        "malformed bytes (expected: UTF-8)",
        new Bytes(ByteString.fromHex("ff"), "text/plain"));
    engine.admit(task(1, new Payload.Text("a".repeat(63)), TokenIds.NONE));
    runUntilEnded(1);
    assertEquals(1, heard.tokens(1).size());
  }

  @Test
  void tokenizesWithoutASlotAndBeyondTheContext() {
    engine.admit(task(1, new Payload.Text("abc"), TokenIds.NONE));
    engine.admit(task(2, new Payload.Text("abc"), TokenIds.NONE));
    assertEquals(TokenIds.of('a', 258, 'x'), engine.tokenize(new Payload.Text("a thex")));
    assertEquals(4 * 64, engine.tokenize(new Payload.Text("a".repeat(4 * 64))).size());
    var longer = new Payload.Text("a".repeat(4 * 64 + 1));
    var refused = assertThrows(FailureException.class, () -> engine.tokenize(longer));
    assertEquals(FailureCode.CONTEXT_LENGTH_EXCEEDED, refused.failure().code());
    runUntilEnded(1, 2);
  }

  @Test
  void detokenizesSpecialTokensByName() {
    TokenIds tokens = TokenIds.of(TinyModel.START, 0xC3, 0xA9, TinyModel.END, 0xE2);
    assertEquals("<|im_start|>\u00e9<|im_end|>\uFFFD", engine.detokenize(tokens));
    var refused =
        assertThrows(FailureException.class, () -> engine.detokenize(TokenIds.of(5, 264)));
    assertEquals("tokens: token 264 (expected: 0 to 263)", refused.failure().message());
    assertEquals(FailureCode.INVALID_REQUEST, refused.failure().code());
  }

  @Test
  void refusesBrokenFolders() throws IOException {
    List<Path> files;
    try (Stream<Path> list = Files.list(folder)) {
      files = list.toList();
    }
    assertEquals(5, files.size());
    for (Path file : files) {
      byte[] whole = Files.readAllBytes(file);
      byte[] half = Arrays.copyOf(whole, whole.length / 2);
      Files.write(file, half);
      var failure =
          assertThrows(
              InvalidModelException.class, () -> TorchEngine.load(folder, OPTIONS).close());
      assertTrue(failure.getMessage().startsWith(file + ": "), failure.getMessage());
      Files.write(file, whole);
    }
    Files.writeString(folder.resolve("chat_template.jinja"), "{% if %}");
    var failure =
        assertThrows(InvalidModelException.class, () -> TorchEngine.load(folder, OPTIONS).close());
    assertTrue(failure.getMessage().contains("chat template: "), failure.getMessage());
  }

  private void assertRefused(FailureCode code, String message, Payload input) {
    var failure =
        assertThrows(FailureException.class, () -> engine.admit(task(9, input, TokenIds.NONE)));
    assertEquals(code, failure.failure().code());
    assertTrue(failure.failure().message().contains(message), failure.failure().message());
    if (code == FailureCode.INVALID_REQUEST) {
      var tokenizing = assertThrows(FailureException.class, () -> engine.tokenize(input));
      assertEquals(failure.failure(), tokenizing.failure());
    }
  }

  private void runUntilEnded(long... runs) {
    for (int step = 0; step < 200; step++) {
      if (Arrays.stream(runs).allMatch(heard.ended::containsKey)) {
        return;
      }
      engine.step(heard);
    }
    throw new AssertionError("not ended after 200 steps: " + heard.ended);
  }

  private static SequenceRequest task(long executionId, Payload input, TokenIds written) {
    var sampling = new SamplingParams(1, 1, 0, 4);
    return new SequenceRequest(
        executionId,
        ACME,
        input,
        new GenerationParameters(12, sampling, List.of("~~"), true),
        written);
  }

  private static TokenIds ids(List<Integer> tokens) {
    return TokenIds.of(tokens.stream().mapToInt(Integer::intValue).toArray());
  }

  /** Keeps what the engine said, execution by execution. */
  private static final class RecordingListener implements StepListener {

    private final Map<Long, List<Integer>> tokens = new HashMap<>();
    private final Map<Long, List<String>> texts = new HashMap<>();
    private final Map<Long, FinishReason> ended = new HashMap<>();

    List<Integer> tokens(long executionId) {
      return tokens.getOrDefault(executionId, List.of());
    }

    List<String> texts(long executionId) {
      return texts.getOrDefault(executionId, List.of());
    }

    void forget(long executionId) {
      tokens.remove(executionId);
      texts.remove(executionId);
      ended.remove(executionId);
    }

    @Override
    public void tokens(
        long executionId, TokenIds ids, AnswerDelta piece, List<PositionLogprobs> logprobs) {
      ids.stream().forEach(tokens.computeIfAbsent(executionId, unseen -> new ArrayList<>())::add);
      texts.computeIfAbsent(executionId, unseen -> new ArrayList<>()).add(piece.text());
    }

    @Override
    public void payload(long executionId, TokenIds ids, Payload payload) {
      throw new AssertionError("payload: " + payload);
    }

    @Override
    public void ended(long executionId, FinishReason reason) {
      ended.put(executionId, reason);
    }

    @Override
    public void failed(long executionId, Failure failure) {
      throw new AssertionError(failure.toString());
    }
  }
}
