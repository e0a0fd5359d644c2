package io.anyserve.worker.schedule;

import io.anyserve.contracts.Capability;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.WorkerId;
import io.anyserve.contracts.event.TokenEvent.Started;
import io.anyserve.worker.publish.EventStreamWriter;
import java.util.Optional;

/** Who answers. */
public record WorkerIdentity(WorkerId worker, Capability capability, String model) {

  /**
   * Says that this worker answers the request.
   *
   * @param promptTokens 0 where they are not counted yet
   */
  public Started started(EventStreamWriter stream, long promptTokens) {
    InferenceRequest request = stream.request();
    return new Started(
        request.context(),
        worker,
        capability,
        model,
        promptTokens,
        request.input().size(),
        request.routing().delegated(),
        Optional.of(stream.source()));
  }
}
