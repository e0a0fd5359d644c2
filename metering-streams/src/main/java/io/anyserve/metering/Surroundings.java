package io.anyserve.metering;

import java.time.InstantSource;

/** What the topology needs from outside. */
record Surroundings(
    MeteringSettings settings, TokenLog log, MeteringMeters meters, InstantSource clock) {}
