/** Whether a module is being evaluated. A property: to set it takes no call, which could be broken off near the end of the stack. */
export const evaluation = { isUnderWay: false };
