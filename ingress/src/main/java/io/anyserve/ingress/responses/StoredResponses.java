package io.anyserve.ingress.responses;

import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.TenantId;
import io.anyserve.ingress.grpc.RequestOperations;
import io.anyserve.ingress.kafka.RequestPublisher;
import io.anyserve.ingress.responses.AnswerOutcome.Broken;
import io.anyserve.ingress.responses.AnswerOutcome.ClientLeft;
import io.anyserve.ingress.responses.AnswerOutcome.Ended;
import io.anyserve.ingress.responses.StoredResponse.Settlement;
import io.anyserve.v1.GetRequestResponse;
import io.anyserve.v1.RequestState;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Responses by their id, on whichever ingress they were made. What has ended in the log and is not
 * noted yet is noted by whoever asks. Thread-safe; calls wait for the router and the log.
 */
final class StoredResponses {

  private final ResponseStore store;
  private final AnswerLog answers;
  private final RequestOperations requests;
  private final RequestPublisher log;
  private final InstantSource clock;

  StoredResponses(
      ResponseStore store,
      AnswerLog answers,
      RequestOperations requests,
      RequestPublisher log,
      InstantSource clock) {
    this.store = store;
    this.answers = answers;
    this.requests = requests;
    this.log = log;
    this.clock = clock;
  }

  /** A response and where it stands. */
  record Current(StoredResponse response, ResponseStatus status) {

    private static Current ended(StoredResponse response) {
      return new Current(response, response.endStatus().orElseThrow());
    }
  }

  /** Throws ApiException, 404, where the tenant has none of that id. */
  Current get(TenantId tenant, String id) throws InterruptedException {
    StoredResponse found = find(tenant, id);
    return found.settlement().isPresent() ? Current.ended(found) : unsettled(tenant, found);
  }

  /** As {@link #get}, as far as it is noted. */
  StoredResponse find(TenantId tenant, String id) throws InterruptedException {
    Optional<ResponseId> parsed = ResponseId.parse(id);
    if (parsed.isEmpty()) {
      throw ResponseErrors.notFound(id);
    }
    return store.find(tenant, parsed.get()).orElseThrow(() -> ResponseErrors.notFound(id));
  }

  private Current unsettled(TenantId tenant, StoredResponse found) throws InterruptedException {
    RequestState state = state(tenant, found.id().request());
    return switch (state) {
      case REQUEST_STATE_ACCEPTED -> new Current(found, ResponseStatus.QUEUED);
      case REQUEST_STATE_RUNNING -> new Current(found, ResponseStatus.IN_PROGRESS);
      case REQUEST_STATE_FINISHED, REQUEST_STATE_FAILED, REQUEST_STATE_CANCELLED ->
          Current.ended(readToEnd(tenant, found));
      case REQUEST_STATE_UNSPECIFIED, UNRECOGNIZED ->
          isLate(found)
              ? Current.ended(readToEnd(tenant, found))
              : new Current(found, ResponseStatus.QUEUED);
    };
  }

  /** UNSPECIFIED where no event of it is known: it waits for a worker, or is forgotten. */
  private RequestState state(TenantId tenant, RequestId request) throws InterruptedException {
    var answer = new PendingAnswer<GetRequestResponse>();
    requests.describe(request, tenant, answer);
    try {
      return answer.await().getState();
    } catch (FailureException e) {
      if (e.failure().code() == FailureCode.REQUEST_NOT_FOUND) {
        return RequestState.REQUEST_STATE_UNSPECIFIED;
      }
      throw e;
    }
  }

  private boolean isLate(StoredResponse response) {
    return clock.instant().isAfter(response.place().deadline());
  }

  private StoredResponse readToEnd(TenantId tenant, StoredResponse response)
      throws InterruptedException {
    return switch (answers.read(tenant, response)) {
      case Ended(var terminal, var output) ->
          settle(tenant, response, ResponseEnd.of(terminal, output));
      case Broken(Failure failure) -> settle(tenant, response, lost(response, failure));
      case ClientLeft() -> throw new IllegalStateException("no client reads");
    };
  }

  /** An answer that the log does not have any more; other failures are told and pass. */
  private ResponseEnd lost(StoredResponse response, Failure failure) {
    boolean silent = failure.code() == FailureCode.DEADLINE_EXCEEDED && isLate(response);
    if (failure.code() == FailureCode.RESUME_EXPIRED || silent) {
      return ResponseEnd.failed(failure);
    }
    throw new FailureException(failure, null);
  }

  /** With the end that counts. Throws ApiException, 404, where it was deleted meanwhile. */
  StoredResponse settle(TenantId tenant, StoredResponse response, ResponseEnd end)
      throws InterruptedException {
    Settlement settled =
        store
            .settle(tenant, response.id(), end)
            .orElseThrow(() -> ResponseErrors.notFound(response.id().toString()));
    return response.with(settled);
  }

  /** Stops it and returns when it has stopped. Throws ApiException, 400, where it cannot be. */
  StoredResponse cancel(TenantId tenant, String id) throws InterruptedException {
    Current current = get(tenant, id);
    return switch (current.status()) {
      case CANCELLED -> current.response();
      case COMPLETED, INCOMPLETE, FAILED -> throw ResponseErrors.cannotCancel(current.status());
      case QUEUED, IN_PROGRESS -> cancel(tenant, current.response());
    };
  }

  private StoredResponse cancel(TenantId tenant, StoredResponse response)
      throws InterruptedException {
    if (!response.call().options().background()) {
      throw ResponseErrors.notInBackground();
    }
    stop(response);
    ResponseEnd end =
        answers.read(tenant, response) instanceof Ended(var terminal, var output)
            ? ResponseEnd.of(terminal, output)
            : ResponseEnd.cancelled();
    return settle(tenant, response, end);
  }

  private void stop(StoredResponse response) throws InterruptedException {
    var answer = new PendingAnswer<Optional<Failure>>();
    log.cancel(response.id().request(), CancelReason.EXPLICIT, answer::onNext);
    Optional<Failure> failure = answer.await();
    if (failure.isPresent()) {
      throw new FailureException(failure.get(), null);
    }
  }

  /** Stops it where it runs and forgets it. */
  void delete(TenantId tenant, String id) throws InterruptedException {
    StoredResponse found = find(tenant, id);
    if (found.settlement().isEmpty()) {
      stop(found);
    }
    store.delete(tenant, found.id());
  }
}
