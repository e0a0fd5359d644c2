package io.anyserve.worker.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.anyserve.contracts.ChatMessage;
import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.FinishReason;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.TokenIds;
import io.anyserve.contracts.answer.AnswerDelta;
import io.anyserve.contracts.image.ContentPart;
import io.anyserve.contracts.sampling.GenerationParameters;
import io.anyserve.contracts.sampling.Penalties;
import io.anyserve.contracts.sampling.PositionLogprobs;
import io.anyserve.contracts.sampling.SamplingParams;
import io.anyserve.worker.engine.Engine;
import io.anyserve.worker.engine.SequenceRequest;
import io.anyserve.worker.engine.StepListener;
import io.anyserve.worker.torch.model.ModelMetadata;
import io.anyserve.worker.torch.precision.MachinePrecisions;
import io.anyserve.worker.torch.precision.Precision;
import io.anyserve.worker.torch.text.PromptEncoder;
import io.anyserve.worker.torch.text.TextTokenizer;
import io.anyserve.worker.torch.vision.PromptImages;
import io.anyserve.worker.torch.vision.VisionFolder;
import io.anyserve.worker.torch.vision.VisionModel;
import io.anyserve.worker.torch.vision.VisionReference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Chats with images, against what transformers computes, and beside other chats. */
final class VisionChatIT {

  private static final TenantId ACME = new TenantId("acme");
  private static final TenantId UMBRELLA = new TenantId("umbrella");
  private static final VisionReference REFERENCE = VisionReference.read();
  private static final VisionFolder FOLDER = new VisionFolder(VisionReference.MODEL);

  private final TorchEngine engine =
      TorchEngine.load(VisionReference.MODEL, new TorchModel.Options(Precision.F32, 4, 512, 2));

  private long executions;
  private int open;

  static List<VisionReference.Case> cases() {
    return REFERENCE.cases();
  }

  static Stream<Precision> precisions() {
    return MachinePrecisions.right().stream();
  }

  @AfterEach
  void close() {
    engine.close();
  }

  @Test
  void itOffersVision() {
    assertTrue(engine.description().vision());
  }

  @ParameterizedTest
  @MethodSource("cases")
  void tokensAreThoseOfTransformers(VisionReference.Case one) {
    TokenIds prompt = engine.tokenize(one.chat());
    assertEquals(one.prompt(), prompt.stream().boxed().toList());
    Engine.Admission admission = admit(ACME, one.chat(), 64, TokenIds.NONE);
    assertEquals(one.prompt().size(), admission.promptTokens());
    assertEquals(one.greedy(), answers().get(executions));
  }

  /** The bounds are in standard deviations of the reference's logits. */
  @ParameterizedTest
  @MethodSource("precisions")
  void logitsStayNearTransformersInEveryPrecision(Precision precision) {
    var bound =
        switch (precision) {
          case F32, F32_PACKED -> new LogitDistance(1e-5, 1e-4);
          case FP16_PACKED -> new LogitDistance(2e-3, 0.02);
          case BF16, BF16_PACKED, INT8 -> new LogitDistance(0.05, 0.5);
        };
    for (VisionReference.Case one : cases()) {
      LogitDistance off = LogitDistance.of(one.logits(), logits(one, precision));
      System.out.printf("%s in %s: %s%n", one, precision.text(), off);
      assertTrue(
          off.mean() < bound.mean() && off.worst() < bound.worst(),
          one + " in " + precision + ": " + off);
    }
  }

  private static float[] logits(VisionReference.Case one, Precision precision) {
    ModelMetadata files = ModelMetadata.of(FOLDER);
    try (Loaded loaded = new Loaded(files.config(), FOLDER, precision, 512);
        VisionModel vision = VisionModel.load(FOLDER, precision, loaded.manager());
        TextTokenizer tokenizer = TextTokenizer.load(FOLDER.tokenizer())) {
      var prompts =
          PromptEncoder.of(
              VisionReference.MODEL, files, tokenizer, Optional.of(VisionModel.prompts(FOLDER)));
      int[] prompt = prompts.encode(one.chat(), 512);
      float[] all;
      if (one.chat().images().isEmpty()) {
        all = loaded.decoder().logits(0, 0, prompt);
      } else {
        PromptImages images = vision.of(one.chat(), prompt);
        var part = new PromptPart(prompt, images.vectors(0, prompt.length));
        all = loaded.decoder().logits(0, 0, part);
      }
      return Arrays.copyOfRange(all, all.length - one.logits().length, all.length);
    }
  }

  @Test
  void chatsWithAndWithoutImagesChangeNoNeighbour() {
    List<VisionReference.Case> all = cases();
    all.forEach(one -> admit(ACME, one.chat(), 64, TokenIds.NONE));
    Map<Long, List<Integer>> found = answers();
    for (int i = 0; i < all.size(); i++) {
      assertEquals(all.get(i).greedy(), found.get(1L + i), all.get(i).name());
    }
  }

  @Test
  void anAnswerGoesOnFromWhatWasWritten() {
    VisionReference.Case one = REFERENCE.conversation("two");
    for (int written : new int[] {1, 20, 63}) {
      int[] tokens = one.greedy().stream().limit(written).mapToInt(Integer::intValue).toArray();
      admit(UMBRELLA, one.chat(), 64, TokenIds.of(tokens));
      assertEquals(one.greedy().subList(written, 64), answers().get(executions));
    }
  }

  /** The same text, other images; then the same image, for the same tenant and for another one. */
  @Test
  void aPrefixIsSharedWithTheSameImagesAlone() {
    Payload.Chat squares = about("squares.png");
    Payload.Chat palette = about("palette.png");
    assertEquals(tokens(squares), tokens(palette));

    assertEquals(0, admit(ACME, squares, 16, TokenIds.NONE).cachedTokens());
    List<Integer> ofSquares = answers().get(executions);
    assertEquals(0, admit(ACME, palette, 16, TokenIds.NONE).cachedTokens());
    List<Integer> ofPalette = answers().get(executions);
    assertNotEquals(ofSquares, ofPalette);

    assertEquals(64, admit(ACME, squares, 16, TokenIds.NONE).cachedTokens());
    assertEquals(ofSquares, answers().get(executions));
    assertEquals(64, admit(ACME, palette, 16, TokenIds.NONE).cachedTokens());
    assertEquals(ofPalette, answers().get(executions));
    assertEquals(0, admit(UMBRELLA, squares, 16, TokenIds.NONE).cachedTokens());
    assertEquals(ofSquares, answers().get(executions));
  }

  @Test
  void aDamagedImageFailsItsChatAlone() {
    ByteString whole = VisionReference.image("wide.png").data();
    var damaged = new ContentPart.Image(whole.substring(0, whole.size() / 2));
    VisionReference.Case one = REFERENCE.conversation("text");
    admit(ACME, about(damaged), 16, TokenIds.NONE);
    admit(ACME, one.chat(), 64, TokenIds.NONE);
    var heard = new Heard();
    run(heard);
    Failure failure = Objects.requireNonNull(heard.failures.get(1L));
    assertEquals(FailureCode.INVALID_REQUEST, failure.code());
    assertTrue(failure.message().startsWith("image: PNG of 90 x 41 pixels"), failure.message());
    assertEquals(one.greedy(), heard.tokens.get(2L));
  }

  /** Which counts the tokens of the prompt: in place of an image there is its token. */
  @Test
  void repetitionIsPenalisedBehindAnImage() {
    var penalties = new Penalties(0.5, 0.5, 1.3);
    var sampling = new SamplingParams(1, 0.95, 0, 7, penalties);
    Payload.Chat chat = REFERENCE.conversation("two").chat();
    admit(ACME, chat, parameters(40, sampling), TokenIds.NONE);
    List<Integer> answer = Objects.requireNonNull(answers().get(executions));
    assertEquals(40, answer.size());
    int[] first = answer.stream().limit(11).mapToInt(Integer::intValue).toArray();
    admit(UMBRELLA, chat, parameters(40, sampling), TokenIds.of(first));
    assertEquals(answer.subList(11, 40), answers().get(executions));
  }

  @Test
  void imageTokensCountForTheContext() {
    var parts = new ArrayList<ContentPart>();
    for (int i = 0; i < 10; i++) {
      parts.add(VisionReference.image("squares.png"));
    }
    var chat = new Payload.Chat(List.of(ChatMessage.ofParts(parts, "")));
    var refusal = assertThrows(FailureException.class, () -> admit(ACME, chat, 16, TokenIds.NONE));
    assertEquals(FailureCode.CONTEXT_LENGTH_EXCEEDED, refusal.failure().code());
  }

  private static Payload.Chat about(String image) {
    return about(VisionReference.image(image));
  }

  private static Payload.Chat about(ContentPart image) {
    return new Payload.Chat(
        List.of(ChatMessage.ofParts(List.of(image, new ContentPart.Text("What is this?")), "")));
  }

  private List<Integer> tokens(Payload.Chat chat) {
    return engine.tokenize(chat).stream().boxed().toList();
  }

  private Engine.Admission admit(TenantId tenant, Payload.Chat chat, int tokens, TokenIds written) {
    return admit(tenant, chat, parameters(tokens, SamplingParams.GREEDY), written);
  }

  private static GenerationParameters parameters(int tokens, SamplingParams sampling) {
    return new GenerationParameters(tokens, sampling, List.of(), true);
  }

  private Engine.Admission admit(
      TenantId tenant, Payload.Chat chat, GenerationParameters parameters, TokenIds written) {
    var task = new SequenceRequest(++executions, tenant, chat, parameters, written);
    Engine.Admission admission = engine.admit(task);
    open++;
    return admission;
  }

  private Map<Long, List<Integer>> answers() {
    var heard = new Heard();
    run(heard);
    assertEquals(Map.of(), heard.failures);
    return heard.tokens;
  }

  private void run(Heard heard) {
    while (heard.ended < open) {
      engine.step(heard);
    }
    open = 0;
  }

  private static final class Heard implements StepListener {

    private final Map<Long, List<Integer>> tokens = new TreeMap<>();
    private final Map<Long, Failure> failures = new TreeMap<>();
    private int ended;

    @Override
    public void tokens(
        long executionId, TokenIds next, AnswerDelta delta, List<PositionLogprobs> logprobs) {
      tokens
          .computeIfAbsent(executionId, _ -> new ArrayList<>())
          .addAll(next.stream().boxed().toList());
    }

    @Override
    public void payload(long executionId, TokenIds next, Payload payload) {
      throw new IllegalArgumentException(payload.toString());
    }

    @Override
    public void ended(long executionId, FinishReason reason) {
      ended++;
    }

    @Override
    public void failed(long executionId, Failure reason) {
      failures.put(executionId, reason);
      ended++;
    }
  }
}
