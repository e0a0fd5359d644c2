package io.anyserve.ingress.admission;

import io.anyserve.contracts.Failure;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.quota.LimitStatus;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Whether a request whose stream is open may be published. Thread-safe; never blocks. */
public interface AdmissionPolicy {

  /** Lets everybody pass. */
  AdmissionPolicy OPEN = (request, visitor) -> visitor.passed().accept(request);

  /** Answers once, at once or later, on any thread. */
  void pass(InferenceRequest request, Visitor visitor);

  /**
   * Who waits for the answer.
   *
   * @param passed takes the request as it may be published
   * @param refused takes why it may not
   * @param limits takes, first, whom to ask at any time how the tightest limit stands; never called
   *     where no limit applies
   */
  record Visitor(
      Consumer<InferenceRequest> passed,
      Consumer<Failure> refused,
      Consumer<Supplier<Optional<LimitStatus>>> limits) {}
}
