package io.anyserve.router.intake;

import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.RequestContext;
import io.anyserve.contracts.RequestId;
import java.util.Optional;

/** A record of {@code intake} after parsing: a request, or something else. */
sealed interface ParsedIntake {

  /**
   * The id that the submitter named, in the value or by the key; empty where nobody did, and where
   * an ingress gave it to a caller, which no other request has.
   */
  Optional<RequestId> chosenId();

  /**
   * A request with everything filled in.
   *
   * @param chosen the id is the submitter's
   */
  record Valid(InferenceRequest request, boolean chosen) implements ParsedIntake {

    @Override
    public Optional<RequestId> chosenId() {
      return chosen && !callers() ? Optional.of(request.id()) : Optional.empty();
    }

    private boolean callers() {
      return !request.context().asynchronous()
          && (request.id().givenByIngress() || request.idempotency().isPresent());
    }
  }

  /**
   * Nothing that can be worked on.
   *
   * @param reason names the offending and the expected value
   * @param sender who may look for an answer, when that much can be recognised
   */
  record Invalid(Throwable reason, Optional<Sender> sender) implements ParsedIntake {

    @Override
    public Optional<RequestId> chosenId() {
      return sender
          .filter(known -> known.idSource() != IdSource.PLACE)
          .filter(known -> known.context().asynchronous() || !known.id().givenByIngress())
          .map(Sender::id);
    }
  }

  /**
   * Under which id and context a refusal is reported.
   *
   * @param partition of the topic {@code tokens}, where the refusal goes
   */
  record Sender(RequestId id, RequestContext context, int partition, IdSource idSource) {

    static Sender of(InferenceRequest request) {
      int partition = request.routing().reply().partition();
      return new Sender(request.id(), request.context(), partition, IdSource.VALUE);
    }

    /** Whether an ingress gave the id to a caller's request, and this is another one. */
    boolean usesIngressId() {
      return context.asynchronous() && id.givenByIngress();
    }
  }

  /** What names the id. */
  enum IdSource {
    /** The submission itself. */
    VALUE,
    /** The record's key alone, which anybody may have copied. */
    KEY,
    /** Where the record lies: nobody named one. */
    PLACE
  }
}
