package io.anyserve.router;

import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.RequestContext;
import io.anyserve.contracts.RequestId;
import java.util.Optional;

/** What a record of {@code intake} turned out to be. */
sealed interface Submission {

  /** A request with everything filled in. */
  record Valid(InferenceRequest request) implements Submission {}

  /**
   * Nothing that can be worked on.
   *
   * @param reason names the offending and the expected value
   * @param sender who may look for an answer, when that much can be recognised
   */
  record Invalid(Exception reason, Optional<Sender> sender) implements Submission {}

  /** Under which id and context a refusal is reported. */
  record Sender(RequestId id, RequestContext context) {}
}
