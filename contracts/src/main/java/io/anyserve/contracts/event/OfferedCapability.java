package io.anyserve.contracts.event;

import io.anyserve.contracts.Capability;

/**
 * What one worker can do.
 *
 * @param slots sequences that it runs at once
 * @param loaded the model is in memory now
 * @param contextLength tokens of prompt and answer together, 0 where there is no such limit
 */
public record OfferedCapability(
    Capability name, String engine, String model, int slots, boolean loaded, int contextLength) {}
