package io.anyserve.worker.link;

import io.anyserve.contracts.RequestId;

/** What a worker learns from the routers. Called by any thread; must not block. */
public interface RouterEvents {

  /** A router published the request again after that attempt: its execution here stops. */
  void superseded(RequestId request, int attempt);

  /** A call was broken off and is back: what runs here may go on elsewhere. */
  void reconnected();
}
