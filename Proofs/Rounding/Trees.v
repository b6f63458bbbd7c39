(* Generated from traces/*.json by Scripts/traces.py; do not edit. *)
Require Import ZArith List.
From FlowProofs Require Import OperationTrees.
Import ListNotations.

(* OptimalTransportPath.schedule(at: Time(t)).
   Inputs: t, sigma_min. *)
Definition schedule_ot : list operation :=
  [ Input 0;
    Number 1 0;
    Difference 1 0;
    Number (-1) 0;
    Input 1;
    Fused 2 0 4;
    Fused 3 1 4;
    Product 5 5;
    Product 5 6;
    Fused 8 6 5;
    Difference 2 2;
    Number 1 (-1);
    Number 0 0;
    Choice 0 11 12 10 ].
Definition schedule_ot_at_alpha : nat := 0.
Definition schedule_ot_at_sigma : nat := 5.
Definition schedule_ot_at_variance : nat := 7.
Definition schedule_ot_at_alpha_dot : nat := 1.
Definition schedule_ot_at_sigma_dot : nat := 6.
Definition schedule_ot_at_variance_dot : nat := 9.
Definition schedule_ot_at_alpha_tail : nat := 13.

(* VarianceExplodingPath.schedule(at: Time(t)).
   Inputs: t, twice_log_ratio, sigma_min_squared, sigma_max_squared. *)
Definition schedule_ve : list operation :=
  [ Input 0;
    Number 1 0;
    Difference 1 0;
    Number (-1) 0;
    Number 0 0;
    Input 1;
    Product 2 5;
    Product 3 5;
    ExpMinusOne 6;
    Exp 6;
    Product 9 7;
    Input 2;
    Product 8 11;
    Product 10 11;
    Negation 5;
    Product 0 14;
    Product 1 14;
    Exp 15;
    Product 17 16;
    Negation 6;
    Negation 7;
    ExpMinusOne 19;
    Exp 19;
    Product 22 20;
    Negation 21;
    Negation 23;
    Product 17 24;
    Product 17 25;
    Fused 27 18 24;
    Number 1 (-1);
    Input 3;
    Product 26 30;
    Product 28 30;
    Choice 0 29 31 12;
    Choice 0 29 32 13;
    Root 33;
    Sum 35 35;
    Quotient 34 36;
    Difference 1 1;
    Difference 38 38;
    Choice 1 29 4 39 ].
Definition schedule_ve_at_alpha : nat := 1.
Definition schedule_ve_at_sigma : nat := 35.
Definition schedule_ve_at_variance : nat := 33.
Definition schedule_ve_at_alpha_dot : nat := 4.
Definition schedule_ve_at_sigma_dot : nat := 37.
Definition schedule_ve_at_variance_dot : nat := 34.
Definition schedule_ve_at_alpha_tail : nat := 40.

(* MarginalField, two components N(m, s^2) on the line, the first the heavier.
   Inputs: alpha, variance, alpha_dot, variance_dot, x, std, m0, m1, log_w0, w0, w1. *)
Definition two_components : list operation :=
  [ Input 0;
    Input 1;
    Input 2;
    Input 3;
    Number 0 0;
    Input 4;
    Input 5;
    Product 0 6;
    Negation 0;
    Number (-1) (-1);
    Input 6;
    FusedOrNot 5 8 10;
    Input 7;
    Input 8;
    Number 1 0;
    FusedOrNot 1 7 7;
    Quotient 1 15;
    Product 7 6;
    Quotient 17 15;
    Quotient 11 15;
    Product 16 10;
    FusedOrNot 20 18 5;
    Product 11 19;
    Sum 4 22;
    Sum 23 4;
    Sum 4 4;
    Sum 24 25;
    Sum 4 26;
    Number 884279719003555 (-47);
    Product 15 28;
    Log 29;
    Product 30 14;
    Sum 27 31;
    Product 32 9;
    Input 9;
    Quotient 14 15;
    Quotient 0 15;
    Product 36 9;
    Difference 10 10;
    Fused 19 37 38;
    Fused 4 38 39;
    Difference 12 10;
    Fused 19 37 41;
    Fused 4 41 42;
    Product 40 0;
    Product 43 0;
    Exp 44;
    Exp 45;
    Quotient 34 34;
    Product 46 48;
    Input 10;
    Quotient 50 34;
    Product 47 51;
    Choice 49 4 4 49;
    Choice 52 4 4 52;
    Sum 4 53;
    Sum 55 54;
    Sum 56 4;
    Sum 57 25;
    Sum 4 58;
    Product 38 53;
    FusedOrNot 60 54 41;
    Product 41 4;
    FusedOrNot 62 4 41;
    Sum 61 63;
    Sum 4 64;
    Product 65 35;
    Sum 4 66;
    Difference 67 4;
    Difference 67 68;
    Difference 4 69;
    Difference 66 68;
    Sum 70 71;
    Sum 4 72;
    Sum 4 59;
    Difference 74 4;
    Difference 74 75;
    Difference 4 76;
    Difference 59 75;
    Sum 77 78;
    Sum 4 79;
    Sum 74 80;
    Log 81;
    Sum 13 82;
    Sum 33 83;
    Sum 67 73;
    Quotient 85 81;
    Fused 21 1 86;
    Fused 19 8 86;
    Number 1 (-1);
    Product 3 89;
    Product 2 87;
    Fused 91 90 88 ].
Definition two_components_at_log_density : nat := 84.
Definition two_components_at_denoiser : nat := 87.
Definition two_components_at_negative_score : nat := 88.
Definition two_components_at_velocity : nat := 92.

(* ConditionalField.velocity(at: Time(t), of: x, given: x1), OptimalTransportPath.
   Inputs: t, sigma_min, x, x1. *)
Definition velocity_ot : list operation :=
  [ Input 0;
    Number 1 0;
    Difference 1 0;
    Number (-1) 0;
    Input 1;
    Fused 2 0 4;
    Fused 3 1 4;
    Product 5 5;
    Product 5 6;
    Fused 8 6 5;
    Input 2;
    Input 3;
    Number 1 1;
    Product 7 12;
    Quotient 9 13;
    Product 1 11;
    Negation 0;
    Fused 10 16 11;
    Fused 15 14 17 ].
Definition velocity_ot_at_velocity : nat := 18.

(* ConditionalField.velocity(at: Time(t), of: x, given: x1), VarianceExplodingPath.
   Inputs: t, twice_log_ratio, sigma_min_squared, sigma_max_squared, x, x1. *)
Definition velocity_ve : list operation :=
  [ Input 0;
    Number 1 0;
    Difference 1 0;
    Number (-1) 0;
    Number 0 0;
    Input 1;
    Product 2 5;
    Product 3 5;
    ExpMinusOne 6;
    Exp 6;
    Product 9 7;
    Input 2;
    Product 8 11;
    Product 10 11;
    Negation 5;
    Product 0 14;
    Product 1 14;
    Exp 15;
    Product 17 16;
    Negation 6;
    Negation 7;
    ExpMinusOne 19;
    Exp 19;
    Product 22 20;
    Negation 21;
    Negation 23;
    Product 17 24;
    Product 17 25;
    Fused 27 18 24;
    Number 1 (-1);
    Input 3;
    Product 26 30;
    Product 28 30;
    Choice 0 29 31 12;
    Choice 0 29 32 13;
    Input 4;
    Input 5;
    Number 1 1;
    Product 33 37;
    Quotient 34 38;
    Product 4 36;
    Negation 1;
    Fused 35 41 36;
    Fused 40 39 42 ].
Definition velocity_ve_at_velocity : nat := 43.
