package io.anyserve.router.intake;

import io.anyserve.contracts.Capability;
import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.RoutingMetadata;
import io.anyserve.router.intake.ParsedIntake.Sender;
import io.anyserve.router.routing.Route;
import io.anyserve.router.routing.Routing;
import io.anyserve.router.streams.RouterMetrics;
import java.util.ArrayList;
import java.util.List;

/** Decides where a request goes, and sends it there or refuses it. A stream thread's. */
final class IntakeDispatcher {

  private final Routing routing;
  private final int maxRecordBytes;
  private final IntakeWriter writer;
  private final RouterMetrics meters;

  /**
   * @param maxRecordBytes of an encoded request that is sent
   */
  IntakeDispatcher(Routing routing, int maxRecordBytes, IntakeWriter writer, RouterMetrics meters) {
    this.routing = routing;
    this.maxRecordBytes = maxRecordBytes;
    this.writer = writer;
    this.meters = meters;
  }

  /** Writes nothing and remembers nothing. */
  IntakeDecision decide(InferenceRequest request, IntakeRecord record) {
    var asked = request.context().capability();
    return switch (routing.route(asked, request.context().asynchronous())) {
      case Route.Live(Capability to, List<Capability> from) ->
          send(
              to,
              request,
              record,
              from,
              from.isEmpty()
                  ? RouterMetrics.RoutingOutcome.DIRECT
                  : RouterMetrics.RoutingOutcome.DELEGATED);
      case Route.Waiting(Capability to, List<Capability> from) ->
          send(to, request, record, from, RouterMetrics.RoutingOutcome.WAITING);
      case Route.Refused(Failure failure) -> new IntakeDecision.Refuse(failure);
    };
  }

  private IntakeDecision send(
      Capability to,
      InferenceRequest request,
      IntakeRecord record,
      List<Capability> from,
      RouterMetrics.RoutingOutcome way) {
    IntakeOutput.Routed work = IntakeOutput.Routed.of(to, delegated(request, from), record);
    return work.bytes().length > maxRecordBytes
        ? new IntakeDecision.TooLarge(work)
        : new IntakeDecision.Send(work, way);
  }

  private static InferenceRequest delegated(InferenceRequest request, List<Capability> from) {
    RoutingMetadata delivery = request.routing();
    List<Capability> all = new ArrayList<>(delivery.delegatedFrom());
    all.addAll(from);
    return request.with(
        new RoutingMetadata(
            delivery.reply(),
            delivery.deadline(),
            delivery.priority(),
            all,
            delivery.earlierAttempts()));
  }

  void carryOut(IntakeDecision decision, InferenceRequest request, IntakeRecord record) {
    switch (decision) {
      case IntakeDecision.Send(IntakeOutput.Routed work, RouterMetrics.RoutingOutcome way) -> {
        meters.routed(way);
        writer.request(work, record);
      }
      case IntakeDecision.TooLarge(IntakeOutput.Routed work) -> refuseTooLarge(work, record);
      case IntakeDecision.Refuse(Failure failure) -> refuse(request, failure, record);
    }
  }

  private void refuseTooLarge(IntakeOutput.Routed work, IntakeRecord record) {
    String message =
        "request: "
            + work.bytes().length
            + " bytes (expected: at most "
            + maxRecordBytes
            + "; larger inputs travel as objects)";
    writer.deadLetter(record, new IllegalArgumentException(message));
    refuse(work.request(), new Failure(FailureCode.TOO_LARGE, message), record);
  }

  private void refuse(InferenceRequest request, Failure failure, IntakeRecord record) {
    meters.refused(failure.code());
    writer.failedEvent(Sender.of(request), failure, record);
  }
}
