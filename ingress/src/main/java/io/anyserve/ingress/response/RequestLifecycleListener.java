package io.anyserve.ingress.response;

import io.anyserve.contracts.RequestId;

/** Hears what became of the requests that were opened here, once for each. Must not block. */
public interface RequestLifecycleListener {

  /** Nobody cares. */
  RequestLifecycleListener IGNORED =
      new RequestLifecycleListener() {
        @Override
        public void unused(RequestId request) {}

        @Override
        public void ended(RequestId request) {}
      };

  /** It did not get into the log, as far as is known here, or was there before. */
  void unused(RequestId request);

  /** It was in the log, and this ingress is done with it. */
  void ended(RequestId request);
}
