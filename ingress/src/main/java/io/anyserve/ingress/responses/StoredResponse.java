package io.anyserve.ingress.responses;

import io.anyserve.contracts.ReplyTo;
import io.anyserve.contracts.SessionId;
import io.anyserve.ingress.openai.response.ResponseCall;
import java.time.Instant;
import java.util.Optional;

/**
 * A response as far as it is known.
 *
 * @param settlement empty where nobody has noted its end yet
 */
record StoredResponse(
    ResponseId id,
    ResponseCall call,
    Instant created,
    Place place,
    Optional<Settlement> settlement) {

  /**
   * Where the events of its request lie.
   *
   * @param session of its request
   * @param deadline of its request
   */
  record Place(ReplyTo address, SessionId session, Instant deadline) {}

  /** Its end, and when that was noted. */
  record Settlement(ResponseEnd end, Instant at) {}

  /** The same at its end. */
  StoredResponse with(Settlement settled) {
    return new StoredResponse(id, call, created, place, Optional.of(settled));
  }

  /** The id of an item of its input. */
  String inputItem(int index) {
    return id.inputItem(index, call.input().get(index));
  }

  /** Where it stands, if it has ended. */
  Optional<ResponseStatus> endStatus() {
    return settlement.map(settled -> settled.end().status());
  }
}
