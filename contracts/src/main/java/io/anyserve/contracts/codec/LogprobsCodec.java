package io.anyserve.contracts.codec;

import io.anyserve.contracts.sampling.PositionLogprobs;
import io.anyserve.contracts.sampling.TokenLogprob;
import java.util.List;

/** What models found likely, in chunks and in answers. */
public final class LogprobsCodec {

  private LogprobsCodec() {}

  public static List<io.anyserve.v1.PositionLogprobs> write(List<PositionLogprobs> positions) {
    return positions.stream().map(LogprobsCodec::write).toList();
  }

  /** Throws IllegalArgumentException naming what is wrong. */
  static List<PositionLogprobs> read(List<io.anyserve.v1.PositionLogprobs> messages) {
    return messages.stream().map(LogprobsCodec::read).toList();
  }

  private static io.anyserve.v1.PositionLogprobs write(PositionLogprobs position) {
    var message =
        io.anyserve.v1.PositionLogprobs.newBuilder()
            .setChosen(write(position.chosen()))
            .setTextOffset(position.textOffset());
    position.top().forEach(token -> message.addTop(write(token)));
    return message.build();
  }

  private static PositionLogprobs read(io.anyserve.v1.PositionLogprobs message) {
    return new PositionLogprobs(
        read(message.getChosen()),
        message.getTopList().stream().map(LogprobsCodec::read).toList(),
        message.getTextOffset());
  }

  private static io.anyserve.v1.TokenLogprob write(TokenLogprob token) {
    return io.anyserve.v1.TokenLogprob.newBuilder()
        .setTokenId(token.token())
        .setPiece(token.piece())
        .setLogprob(token.logprob())
        .build();
  }

  private static TokenLogprob read(io.anyserve.v1.TokenLogprob message) {
    return new TokenLogprob(message.getTokenId(), message.getPiece(), message.getLogprob());
  }
}
