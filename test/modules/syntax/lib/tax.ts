export const tax = (amount: number): number => Math.round(amount * 1.15);
