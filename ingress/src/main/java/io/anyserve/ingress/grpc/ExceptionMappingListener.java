package io.anyserve.ingress.grpc;

import io.anyserve.ingress.grpc.RequestMarshaller.Malformed;
import io.grpc.ServerCall;
import io.grpc.StatusRuntimeException;

/** Keeps malformed requests from a service, and its exceptions from the transport. */
final class ExceptionMappingListener extends ServerCall.Listener<Object> {

  private final CloseOnceCall<?, ?> call;
  private final ServerCall.Listener<Object> service;
  private boolean refused;

  ExceptionMappingListener(CloseOnceCall<?, ?> call, ServerCall.Listener<Object> service) {
    this.call = call;
    this.service = service;
  }

  @Override
  public void onMessage(Object message) {
    if (message instanceof Malformed(var why)) {
      refuse(why);
    } else {
      guard(() -> service.onMessage(message));
    }
  }

  @Override
  public void onHalfClose() {
    guard(service::onHalfClose);
  }

  @Override
  public void onCancel() {
    guard(service::onCancel);
  }

  @Override
  public void onComplete() {
    guard(service::onComplete);
  }

  @Override
  public void onReady() {
    guard(service::onReady);
  }

  private void guard(Runnable step) {
    if (!refused) {
      try {
        step.run();
      } catch (RuntimeException e) {
        refuse(GrpcErrors.of(e));
      }
    }
  }

  /** The service learns that nobody is there any more. */
  private void refuse(StatusRuntimeException why) {
    if (!refused) {
      refused = true;
      call.refuse(why);
      service.onCancel();
    }
  }
}
