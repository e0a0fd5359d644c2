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
  AdmissionPolicy OPEN = (request, callbacks) -> callbacks.passed().accept(request);

  /** Answers once, at once or later, on any thread. */
  void pass(InferenceRequest request, Callbacks callbacks);

  /**
   * Who waits for the answer.
   *
   * @param passed takes the request as it may be published
   * @param refused takes why it may not
   * @param limits takes, first, whom to ask at any time how the tightest limit stands; never called
   *     where no limit applies
   */
  record Callbacks(
      Consumer<InferenceRequest> passed,
      Consumer<Failure> refused,
      Consumer<Supplier<Optional<LimitStatus>>> limits) {}
}
