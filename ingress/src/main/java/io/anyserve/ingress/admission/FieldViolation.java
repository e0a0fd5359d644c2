package io.anyserve.ingress.admission;

/**
 * One thing that is wrong with a request.
 *
 * @param field path of the field in the caller's message
 * @param problem the offending and the expected value
 */
public record FieldViolation(String field, String problem) {}
