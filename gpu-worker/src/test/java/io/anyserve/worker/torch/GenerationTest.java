package io.anyserve.worker.torch;

import static java.util.stream.Collectors.toSet;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.anyserve.contracts.FinishReason;
import io.anyserve.contracts.answer.AnswerBuilder;
import io.anyserve.contracts.answer.AnswerDelta;
import io.anyserve.contracts.sampling.GenerationParameters;
import io.anyserve.contracts.sampling.Penalties;
import io.anyserve.contracts.sampling.PositionLogprobs;
import io.anyserve.contracts.sampling.RequestedSampling;
import io.anyserve.contracts.sampling.SamplingDefaults;
import io.anyserve.contracts.sampling.SamplingParams;
import io.anyserve.contracts.sampling.StopCriteria;
import io.anyserve.contracts.tool.ToolChoice;
import io.anyserve.contracts.tool.ToolDefinition;
import io.anyserve.contracts.tool.ToolOptions;
import io.anyserve.worker.answer.AnswerFormat;
import io.anyserve.worker.answer.AnswerParser;
import io.anyserve.worker.answer.ReasoningFormat;
import io.anyserve.worker.answer.ToolCallFormat;
import io.anyserve.worker.torch.Generation.Piece;
import io.anyserve.worker.torch.model.GenerationConfig;
import io.anyserve.worker.torch.model.TokenizerFile;
import io.anyserve.worker.torch.text.AnswerDecoder;
import io.anyserve.worker.torch.text.Vocabulary;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GenerationTest {

  private static final int[] PROMPT = {'h', 'i'};

  private @TempDir Path folder;
  private Vocabulary table;

  @BeforeEach
  void readTable() throws IOException {
    table = Vocabulary.read(TokenizerFile.of(TinyModel.write(folder)));
  }

  @Test
  void aTokenThatEndsTheAnswerIsNoPartOfIt() {
    Generation generation = generation(10, List.of(), false);
    assertEquals(new Piece(true, "a", null), generation.accept('a'));
    assertEquals(new Piece(false, "", FinishReason.STOP), generation.accept(TinyModel.END));
    assertEquals(3, generation.length());
    assertThrows(IllegalStateException.class, () -> generation.accept('b'));
  }

  @Test
  void endTokensMayBeIgnored() {
    Generation generation = generation(2, List.of(), true);
    assertEquals(new Piece(true, "", null), generation.accept(TinyModel.END));
    assertEquals(new Piece(true, "a", FinishReason.LENGTH), generation.accept('a'));
  }

  @Test
  void theAnswerEndsAtItsLength() {
    Generation generation = generation(2, List.of(), false);
    assertNull(generation.accept('a').finish());
    assertEquals(FinishReason.LENGTH, generation.accept('b').finish());
  }

  @Test
  void theAnswerEndsAtTheContextsLength() {
    var parameters = new GenerationParameters(100, SamplingParams.GREEDY, List.of(), false);
    var generation =
        new Generation(PROMPT, parameters, new GenerationContext(table, config(Set.of()), 4));
    assertNull(generation.accept('a').finish());
    assertEquals(FinishReason.LENGTH, generation.accept('b').finish());
  }

  @Test
  void aStopStringEndsTheAnswerAcrossTokens() {
    Generation generation = generation(10, List.of("xyz"), false);
    assertEquals(new Piece(true, "a", null), generation.accept('a'));
    assertEquals(new Piece(true, "", null), generation.accept('x'));
    assertEquals(new Piece(true, "", null), generation.accept('y'));
    assertEquals(new Piece(true, "", FinishReason.STOP), generation.accept('z'));
  }

  @Test
  void whatWasHeldBackIsShownAtTheEnd() {
    Generation stopped = generation(10, List.of("xyz"), false);
    stopped.accept('x');
    assertEquals(new Piece(false, "x", FinishReason.STOP), stopped.accept(TinyModel.END));
    Generation cut = generation(2, List.of("xyz"), false);
    cut.accept('x');
    assertEquals(new Piece(true, "x\uFFFD", FinishReason.LENGTH), cut.accept(0xE6));
  }

  @Test
  void aStopTokenEndsTheAnswerAlsoWhereTheModelDoesNot() {
    Generation generation = generation(new StopCriteria(List.of(), true).withTokens(Set.of(0x62)));
    assertNull(generation.accept(TinyModel.END).finish());
    assertEquals(new Piece(true, "a", null), generation.accept('a'));
    assertEquals(new Piece(false, "", FinishReason.STOP), generation.accept('b'));
  }

  @Test
  void nothingEndsTheAnswerBeforeItsLeastLength() {
    var stop = new StopCriteria(List.of("ab"), false).withTokens(Set.of(0x62)).withMinTokens(3);
    Generation generation = generation(stop);
    long[] places = new long[generation.choice().adjustments().added()];
    generation.choice().adjustments().writeAdded(places, new double[places.length], 0, 0);
    assertEquals(
        Set.of(0x62L, (long) TinyModel.END), LongStream.of(places).boxed().collect(toSet()));
    assertEquals("a", generation.accept('a').delta().text());
    assertEquals("x", generation.accept('x').delta().text());
    assertEquals("", generation.accept('a').delta().text());
    assertEquals(0, generation.choice().adjustments().added());
    assertEquals(new Piece(false, "a", FinishReason.STOP), generation.accept('b'));
  }

  private Generation generation(StopCriteria stop) {
    var parameters = GenerationParameters.greedy(10).with(stop);
    return new Generation(
        PROMPT, parameters, new GenerationContext(table, config(Set.of(TinyModel.END)), 100));
  }

  @Test
  void knowsWhatItsCacheMustHold() {
    Generation generation = generation(10, List.of(), false);
    assertFalse(generation.answered());
    generation.accept('a');
    generation.accept('b');
    assertTrue(generation.answered());
    assertArrayEquals(new int[] {'i', 'a', 'b'}, generation.tokens(1, 4));
    assertEquals('b', generation.last());
  }

  @Test
  void drawsAsTheModelWantsWhereTheCallerDoesNotSay() {
    var parameters = new GenerationParameters(2, RequestedSampling.seeded(5), List.of(), false);
    var generation =
        new Generation(PROMPT, parameters, new GenerationContext(table, config(Set.of()), 100));
    assertEquals(new SamplingParams(0.7, 0.95, 20, 5), generation.choice().sampling());
    assertEquals(SamplingParams.GREEDY, generation(2, List.of(), false).choice().sampling());
  }

  @Test
  void tellsTheLikelihoodOfEveryTokenAlsoOfHeldBackOnes() {
    Generation generation = asking(List.of("xyz"));
    List<PositionLogprobs> told = new ArrayList<>();
    for (int token : new int[] {0xC3, 0xA9, 'x', TinyModel.END}) {
      told.addAll(generation.accept(ranked(token)).logprobs());
    }
    assertEquals(List.of(0, 0, 1), told.stream().map(PositionLogprobs::textOffset).toList());
    assertEquals(ByteString.copyFrom(new byte[] {(byte) 0xC3}), told.getFirst().chosen().piece());
    assertEquals("<|im_end|>", told.getFirst().top().getFirst().piece().toStringUtf8());
    assertEquals(-0.25f, told.getFirst().top().getFirst().logprob());
  }

  @Test
  void tellsNothingWhereNothingIsAsked() {
    assertEquals(List.of(), generation(10, List.of(), false).accept(new NextToken('a')).logprobs());
  }

  @Test
  void anAnswerWithToolCallsGoesOnWhereverItIsCut() {
    int[] written =
        tokens(
            "<think>\nHm.</think>\n\nI look.\n<tool_call>{\"name\": \"time\", \"arguments\": {\"in\": \"é\"}}");
    int[] ended = Arrays.copyOf(written, written.length + 1);
    ended[written.length] = TinyModel.END;
    List<Piece> whole = pieces(calling(true), ended, 0);
    assertEquals(FinishReason.TOOL_CALLS, whole.getLast().finish());
    var answer = new AnswerBuilder();
    whole.forEach(piece -> answer.add(piece.delta()));
    assertEquals("Hm.", answer.reasoning());
    assertEquals("I look.", answer.text());
    for (int cut = 0; cut < ended.length; cut++) {
      Generation resumed = calling(true);
      pieces(resumed, Arrays.copyOf(ended, cut), 0);
      assertEquals(whole.subList(cut, whole.size()), pieces(resumed, ended, cut), "cut at " + cut);
    }
  }

  @Test
  void theAnswerEndsBehindItsOnlyCallWhereThereMayBeNoOther() {
    int[] written = tokens("<tool_call>{\"name\": \"time\", \"arguments\": {}");
    Generation generation = calling(false);
    Piece last = pieces(generation, written, 0).getLast();
    assertEquals(FinishReason.TOOL_CALLS, last.finish());
    assertTrue(last.kept());
  }

  @Test
  void aSpecialTokenThatIsAMarkReachesTheParserAndNobodyElse() {
    var parser = new AnswerParser(AnswerFormat.PLAIN, ToolOptions.NONE, false);
    var decoder = new AnswerDecoder(table, parser, Set.of("<|im_end|>"));
    assertEquals(AnswerDelta.NOTHING, decoder.push(TinyModel.END));
    assertEquals(AnswerDelta.text("a"), decoder.push('a'));
  }

  /** A token for each byte. */
  private static int[] tokens(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return IntStream.range(0, bytes.length).map(i -> Byte.toUnsignedInt(bytes[i])).toArray();
  }

  /** What each token brings from that one on. */
  private static List<Piece> pieces(Generation generation, int[] tokens, int from) {
    List<Piece> pieces = new ArrayList<>();
    for (int i = from; i < tokens.length; i++) {
      pieces.add(generation.accept(tokens[i]));
    }
    return pieces;
  }

  private Generation calling(boolean parallel) {
    var tools =
        new ToolOptions(
            List.of(new ToolDefinition("time", "", "", false)), ToolChoice.AUTO, parallel);
    var format =
        new AnswerFormat(Optional.of(ToolCallFormat.HERMES), Optional.of(ReasoningFormat.THINK));
    return new Generation(
        PROMPT,
        new GenerationParameters(500, SamplingParams.GREEDY, List.of("never"), false),
        new GenerationContext(table, config(Set.of(TinyModel.END)), 1_000),
        new AnswerDecoder(table, new AnswerParser(format, tools, false), format.marks()),
        Optional.empty(),
        Optional.empty());
  }

  private Generation asking(List<String> stop) {
    var parameters = new GenerationParameters(10, SamplingParams.GREEDY, stop, false);
    return new Generation(
        PROMPT,
        parameters.withLogprobs(1),
        new GenerationContext(table, config(Set.of(TinyModel.END)), 100));
  }

  private static NextToken ranked(int token) {
    var end = new NextToken.Candidate(TinyModel.END, -0.25f);
    return new NextToken(token, Optional.of(new NextToken.Ranking(-2, List.of(end))));
  }

  private static GenerationConfig config(Set<Integer> endTokens) {
    var sampling = new SamplingDefaults(0.7, 0.95, 20, Penalties.NONE);
    return new GenerationConfig(endTokens, sampling, List.of());
  }

  private Generation generation(int maxTokens, List<String> stop, boolean ignoreEos) {
    var parameters = new GenerationParameters(maxTokens, SamplingParams.GREEDY, stop, ignoreEos);
    return new Generation(
        PROMPT, parameters, new GenerationContext(table, config(Set.of(TinyModel.END)), 100));
  }
}
