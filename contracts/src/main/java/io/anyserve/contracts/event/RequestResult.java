package io.anyserve.contracts.event;

import io.anyserve.contracts.RequestContext;
import io.anyserve.contracts.RequestId;

/** The one result of an asynchronous request. */
public record RequestResult(
    RequestId request, RequestContext context, TokenEvent.Terminal outcome, ServedBy servedBy) {}
