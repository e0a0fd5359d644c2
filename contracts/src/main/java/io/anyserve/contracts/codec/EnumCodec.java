package io.anyserve.contracts.codec;

import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.FinishReason;
import io.anyserve.contracts.Priority;
import io.anyserve.contracts.RequestKind;
import io.anyserve.contracts.event.Outcome;
import io.anyserve.contracts.event.WorkerState;
import io.anyserve.contracts.key.KeyScope;

/** Enumerations, which carry their type's name as a prefix on the wire. */
public final class EnumCodec {

  private EnumCodec() {}

  static io.anyserve.v1.RequestKind write(RequestKind kind) {
    return switch (kind) {
      case GENERATE -> io.anyserve.v1.RequestKind.REQUEST_KIND_UNSPECIFIED;
      case TOKENIZE -> io.anyserve.v1.RequestKind.REQUEST_KIND_TOKENIZE;
      case DETOKENIZE -> io.anyserve.v1.RequestKind.REQUEST_KIND_DETOKENIZE;
      case EMBED -> io.anyserve.v1.RequestKind.REQUEST_KIND_EMBED;
    };
  }

  /** Throws IllegalArgumentException for a kind that this version does not know. */
  public static RequestKind read(io.anyserve.v1.RequestKind kind) {
    return switch (kind) {
      case REQUEST_KIND_UNSPECIFIED -> RequestKind.GENERATE;
      case REQUEST_KIND_TOKENIZE -> RequestKind.TOKENIZE;
      case REQUEST_KIND_DETOKENIZE -> RequestKind.DETOKENIZE;
      case REQUEST_KIND_EMBED -> RequestKind.EMBED;
      case UNRECOGNIZED -> throw ProtobufParser.unset("kind");
    };
  }

  static io.anyserve.v1.FinishReason write(FinishReason reason) {
    return switch (reason) {
      case STOP -> io.anyserve.v1.FinishReason.FINISH_REASON_STOP;
      case LENGTH -> io.anyserve.v1.FinishReason.FINISH_REASON_LENGTH;
      case TOOL_CALLS -> io.anyserve.v1.FinishReason.FINISH_REASON_TOOL_CALLS;
    };
  }

  /** A reason that only a newer writer knows: the answer has ended, whatever the reason. */
  static FinishReason read(io.anyserve.v1.FinishReason reason) {
    return switch (reason) {
      case FINISH_REASON_STOP, UNRECOGNIZED -> FinishReason.STOP;
      case FINISH_REASON_LENGTH -> FinishReason.LENGTH;
      case FINISH_REASON_TOOL_CALLS -> FinishReason.TOOL_CALLS;
      case FINISH_REASON_UNSPECIFIED -> throw ProtobufParser.unset("finish_reason");
    };
  }

  static io.anyserve.v1.CancelReason write(CancelReason reason) {
    return switch (reason) {
      case EXPLICIT -> io.anyserve.v1.CancelReason.CANCEL_REASON_EXPLICIT;
      case CLIENT_GONE -> io.anyserve.v1.CancelReason.CANCEL_REASON_CLIENT_GONE;
      case DEADLINE -> io.anyserve.v1.CancelReason.CANCEL_REASON_DEADLINE;
      case QUOTA -> io.anyserve.v1.CancelReason.CANCEL_REASON_QUOTA;
    };
  }

  /** A reason that only a newer writer knows: the request has ended, whatever the reason. */
  static CancelReason read(io.anyserve.v1.CancelReason reason) {
    return switch (reason) {
      case CANCEL_REASON_EXPLICIT, UNRECOGNIZED -> CancelReason.EXPLICIT;
      case CANCEL_REASON_CLIENT_GONE -> CancelReason.CLIENT_GONE;
      case CANCEL_REASON_DEADLINE -> CancelReason.DEADLINE;
      case CANCEL_REASON_QUOTA -> CancelReason.QUOTA;
      case CANCEL_REASON_UNSPECIFIED -> throw ProtobufParser.unset("cancel_reason");
    };
  }

  static io.anyserve.v1.Priority write(Priority priority) {
    return switch (priority) {
      case INTERACTIVE -> io.anyserve.v1.Priority.PRIORITY_INTERACTIVE;
      case BATCH -> io.anyserve.v1.Priority.PRIORITY_BATCH;
    };
  }

  static Priority read(io.anyserve.v1.Priority priority) {
    return switch (priority) {
      case PRIORITY_UNSPECIFIED, PRIORITY_INTERACTIVE -> Priority.INTERACTIVE;
      case PRIORITY_BATCH -> Priority.BATCH;
      case UNRECOGNIZED -> throw ProtobufParser.unset("priority");
    };
  }

  static io.anyserve.v1.WorkerState write(WorkerState state) {
    return switch (state) {
      case READY -> io.anyserve.v1.WorkerState.WORKER_STATE_READY;
      case DRAINING -> io.anyserve.v1.WorkerState.WORKER_STATE_DRAINING;
      case STOPPED -> io.anyserve.v1.WorkerState.WORKER_STATE_STOPPED;
    };
  }

  static WorkerState read(io.anyserve.v1.WorkerState state) {
    return switch (state) {
      case WORKER_STATE_READY -> WorkerState.READY;
      case WORKER_STATE_DRAINING -> WorkerState.DRAINING;
      case WORKER_STATE_STOPPED -> WorkerState.STOPPED;
      case WORKER_STATE_UNSPECIFIED, UNRECOGNIZED -> throw ProtobufParser.unset("state");
    };
  }

  static io.anyserve.v1.Outcome write(Outcome outcome) {
    return switch (outcome) {
      case FINISHED -> io.anyserve.v1.Outcome.OUTCOME_FINISHED;
      case FAILED -> io.anyserve.v1.Outcome.OUTCOME_FAILED;
      case CANCELLED -> io.anyserve.v1.Outcome.OUTCOME_CANCELLED;
    };
  }

  static Outcome read(io.anyserve.v1.Outcome outcome) {
    return switch (outcome) {
      case OUTCOME_FINISHED -> Outcome.FINISHED;
      case OUTCOME_FAILED -> Outcome.FAILED;
      case OUTCOME_CANCELLED -> Outcome.CANCELLED;
      case OUTCOME_UNSPECIFIED, UNRECOGNIZED -> throw ProtobufParser.unset("outcome");
    };
  }

  static io.anyserve.v1.KeyScope write(KeyScope scope) {
    return switch (scope) {
      case INFER -> io.anyserve.v1.KeyScope.KEY_SCOPE_INFER;
      case USAGE -> io.anyserve.v1.KeyScope.KEY_SCOPE_USAGE;
      case ADMIN -> io.anyserve.v1.KeyScope.KEY_SCOPE_ADMIN;
    };
  }

  static KeyScope read(io.anyserve.v1.KeyScope scope) {
    return switch (scope) {
      case KEY_SCOPE_INFER -> KeyScope.INFER;
      case KEY_SCOPE_USAGE -> KeyScope.USAGE;
      case KEY_SCOPE_ADMIN -> KeyScope.ADMIN;
      case KEY_SCOPE_UNSPECIFIED, UNRECOGNIZED -> throw ProtobufParser.unset("scope");
    };
  }
}
