package io.anyserve.ingress.quota;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.anyserve.contracts.Capability;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.ReplyTo;
import io.anyserve.contracts.RequestContext;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.RequestKind;
import io.anyserve.contracts.RoutingMetadata;
import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.TokenIds;
import io.anyserve.contracts.codec.EmbeddingInputsCodec;
import io.anyserve.contracts.embedding.EmbeddingInput.OfText;
import io.anyserve.contracts.embedding.EmbeddingInput.OfTokens;
import io.anyserve.contracts.embedding.EmbeddingInputs;
import io.anyserve.contracts.sampling.GenerationParameters;
import io.anyserve.quota.QuotaRequest;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class TokenEstimatorTest {

  private static final int MAX_TOKENS = 50;

  private final TokenEstimator estimator = new TokenEstimator(4);

  private static InferenceRequest request(Payload input) {
    return new InferenceRequest(
        new RequestId(1, 2),
        new RequestContext(
            new TenantId("acme"),
            new SessionId("s"),
            "",
            new Capability("story"),
            Map.of(),
            Instant.EPOCH,
            false),
        input,
        GenerationParameters.greedy(MAX_TOKENS),
        RoutingMetadata.interactive(new ReplyTo(0, 0), Instant.EPOCH));
  }

  private QuotaRequest of(InferenceRequest request) {
    return estimator.of(request, QuotaRequest.FREE);
  }

  @Test
  void anAnswerMayHaveAllTokensThatItAsksFor() {
    var text = request(new Payload.Text("x".repeat(40)));
    assertEquals(new QuotaRequest(10, MAX_TOKENS, QuotaRequest.FREE), of(text));
  }

  @Test
  void aLookupUsesNothing() {
    var text = request(new Payload.Text("x".repeat(40))).with(RequestKind.TOKENIZE);
    assertEquals(new QuotaRequest(0, 1, QuotaRequest.FREE), of(text));
  }

  @Test
  void textsToEmbedMayNeedATokenForEachByte() {
    var texts =
        new EmbeddingInputs(
            List.of(new OfText("x".repeat(40)), new OfTokens(TokenIds.of(1, 2, 3))));
    var embed = request(EmbeddingInputsCodec.write(texts)).with(RequestKind.EMBED);
    int expected = 2 + 10 + 2 + 3;
    int most = 2 + 40 + 2 + 3;
    assertEquals(new QuotaRequest(expected, most - expected, QuotaRequest.FREE), of(embed));
  }

  @Test
  void tokensToEmbedAreCounted() {
    var texts = new EmbeddingInputs(List.of(new OfTokens(TokenIds.of(1, 2, 3))));
    var embed = request(EmbeddingInputsCodec.write(texts)).with(RequestKind.EMBED);
    assertEquals(new QuotaRequest(5, 1, QuotaRequest.FREE), of(embed));
  }
}
