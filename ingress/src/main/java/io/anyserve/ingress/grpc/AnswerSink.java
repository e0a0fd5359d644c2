package io.anyserve.ingress.grpc;

import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.codec.PayloadCodec;
import io.anyserve.contracts.codec.TokenCodec;
import io.anyserve.contracts.event.TokenEvent.Chunk;
import io.anyserve.contracts.event.TokenEvent.Finished;
import io.anyserve.contracts.event.TokenEvent.Started;
import io.anyserve.ingress.admission.Payloads;
import io.anyserve.ingress.reply.Reply;
import io.anyserve.ingress.reply.ReplySink;
import io.anyserve.v1.InferResponse;
import io.grpc.stub.ServerCallStreamObserver;

/** Answers a gRPC caller once, with the whole; a large answer as a reference. */
final class AnswerSink implements ReplySink {

  private static final long MAX_BYTES = 16 << 20;

  private final ServerCallStreamObserver<InferResponse> call;
  private final Payloads payloads;
  private final CallLife life;
  private final Answer answer = new Answer();
  private final InferResponse.Builder response = InferResponse.newBuilder();

  private AnswerSink(
      ServerCallStreamObserver<InferResponse> call, Payloads payloads, CallLife life) {
    this.call = call;
    this.payloads = payloads;
    this.life = life;
  }

  /** Above the threshold of {@code payloads} the answer is stored. */
  static AnswerSink on(ServerCallStreamObserver<InferResponse> call, Payloads payloads) {
    return new AnswerSink(call, payloads, CallLife.of(call));
  }

  @Override
  public boolean ready() {
    return true;
  }

  @Override
  public void opened(Reply reply) {
    life.opened(reply);
  }

  @Override
  public void accepted() {
    life.accepted();
  }

  @Override
  public void started(int attempt, Started started) {
    response
        .setCapability(started.capability().value())
        .setModel(started.model())
        .setDelegated(started.delegated());
  }

  @Override
  public void chunk(Chunk chunk) {
    answer.add(chunk);
    if (answer.bytes() > MAX_BYTES) {
      life.reply().giveUp(CancelReason.CLIENT_GONE);
      failed(
          new Failure(
              FailureCode.TOO_LARGE,
              "answer: more than " + MAX_BYTES + " bytes (expected: a call of InferStream)"));
    }
  }

  @Override
  public void finished(Finished finished) {
    response
        .setRequestId(life.ticket().request().toString())
        .setSession(life.ticket().session().value())
        .setFinishReason(StreamMessages.reason(finished.reason()))
        .setUsage(TokenCodec.write(finished.usage()));
    try {
      Payload whole = answer.whole();
      if (payloads.settled(whole)) {
        respond(whole);
      } else {
        Thread.ofVirtual().name("store-answer").start(() -> store(whole));
      }
    } catch (RuntimeException | Error e) {
      call.onError(Refusals.of(e));
    }
  }

  private void store(Payload whole) {
    try {
      respond(payloads.settle(life.reply().tenant(), whole));
    } catch (RuntimeException | Error e) {
      call.onError(Refusals.of(e));
    }
  }

  private void respond(Payload output) {
    call.onNext(response.setOutput(PayloadCodec.write(output)).build());
    call.onCompleted();
  }

  @Override
  public void failed(Failure failure) {
    call.onError(Refusals.of(failure, life.ticket().request()));
  }
}
