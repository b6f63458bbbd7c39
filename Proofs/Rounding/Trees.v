(* Generated from traces/*.json by Scripts/traces.py; do not edit. *)
Require Import ZArith List.
From FlowProofs Require Import OperationTrees.
Import ListNotations.

(* CosinePath.schedule(at: Time(t)).
   Inputs: t. *)
Definition schedule_cosine : list operation :=
  [ Input 0;
    Number 1 0;
    Difference 1 0;
    Number (-1) 0;
    Number 1 (-1);
    Number 0 0;
    Product 0 4;
    Product 1 4;
    SinPi 6;
    CosPi 6;
    Number 884279719003555 (-48);
    Product 9 10;
    Product 11 7;
    Product 2 4;
    Product 3 4;
    CosPi 13;
    SinPi 13;
    Number (-884279719003555) (-48);
    Product 16 17;
    Product 18 14;
    Choice 0 4 8 15;
    Choice 0 4 12 19;
    Product 8 17;
    Product 22 7;
    Product 15 10;
    Product 24 14;
    Choice 0 4 9 16;
    Choice 0 4 23 25;
    Product 26 26;
    Product 26 27;
    Fused 29 27 26;
    Difference 1 20;
    Number 1 (-2);
    Product 2 32;
    SinPi 33;
    Product 34 34;
    Number 1 1;
    Product 35 36;
    Difference 31 37;
    Choice 20 4 5 38 ].
Definition schedule_cosine_at_alpha : nat := 20.
Definition schedule_cosine_at_sigma : nat := 26.
Definition schedule_cosine_at_variance : nat := 28.
Definition schedule_cosine_at_alpha_dot : nat := 21.
Definition schedule_cosine_at_sigma_dot : nat := 27.
Definition schedule_cosine_at_variance_dot : nat := 30.
Definition schedule_cosine_at_alpha_tail : nat := 39.

(* IndependentCouplingPath.schedule(at: Time(t)).
   Inputs: t, tube_sigma, tube_sigma_squared. *)
Definition schedule_icfm : list operation :=
  [ Input 0;
    Number 1 0;
    Difference 1 0;
    Number (-1) 0;
    Input 1;
    Number 0 0;
    Hypot 2 4;
    Product 2 3;
    Fused 7 4 5;
    Quotient 8 6;
    Input 2;
    Fused 10 2 2;
    Fused 5 2 3;
    Fused 12 3 2;
    Difference 2 2;
    Number 1 (-1);
    Choice 0 15 5 14 ].
Definition schedule_icfm_at_alpha : nat := 0.
Definition schedule_icfm_at_sigma : nat := 6.
Definition schedule_icfm_at_variance : nat := 11.
Definition schedule_icfm_at_alpha_dot : nat := 1.
Definition schedule_icfm_at_sigma_dot : nat := 9.
Definition schedule_icfm_at_variance_dot : nat := 13.
Definition schedule_icfm_at_alpha_tail : nat := 16.

(* LinearVariancePreservingPath.schedule(at: Time(t)).
   Inputs: t. *)
Definition schedule_linear_vp : list operation :=
  [ Input 0;
    Number 1 0;
    Difference 1 0;
    Number (-1) 0;
    Number 0 0;
    Number 1 (-1);
    Product 0 0;
    Product 0 1;
    Fused 7 1 0;
    Difference 1 6;
    Difference 4 8;
    Sum 1 0;
    Sum 4 1;
    Product 2 11;
    Product 2 12;
    Fused 14 3 11;
    Choice 0 5 9 13;
    Choice 0 5 10 15;
    Root 16;
    Sum 18 18;
    Quotient 17 19;
    Difference 2 2;
    Choice 0 5 4 21 ].
Definition schedule_linear_vp_at_alpha : nat := 0.
Definition schedule_linear_vp_at_sigma : nat := 18.
Definition schedule_linear_vp_at_variance : nat := 16.
Definition schedule_linear_vp_at_alpha_dot : nat := 1.
Definition schedule_linear_vp_at_sigma_dot : nat := 20.
Definition schedule_linear_vp_at_variance_dot : nat := 17.
Definition schedule_linear_vp_at_alpha_tail : nat := 22.

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

(* PolynomialPath.schedule(at: Time(t)).
   Inputs: t, exponent, exponent_less_one. *)
Definition schedule_polynomial : list operation :=
  [ Input 0;
    Number 1 0;
    Difference 1 0;
    Number (-1) 0;
    Number 1 (-1);
    Number 0 0;
    Input 1;
    Power 0 6;
    Input 2;
    Power 0 8;
    Product 9 6;
    Product 10 1;
    Negation 2;
    Negation 3;
    LogOnePlus 12;
    Sum 1 12;
    Quotient 13 15;
    Product 14 6;
    Product 16 6;
    Exp 17;
    Product 19 18;
    Choice 0 4 7 19;
    Choice 0 4 11 20;
    Log 0;
    Product 23 6;
    Difference 7 1;
    Number 3152519739159347 (-52);
    Number (-3152519739159347) (-52);
    ExpMinusOne 24;
    Choice 27 24 28 25;
    Choice 24 26 29 25;
    Negation 30;
    Negation 11;
    ExpMinusOne 17;
    Negation 33;
    Negation 20;
    Choice 0 4 31 34;
    Choice 0 4 32 35;
    Product 36 36;
    Product 36 37;
    Fused 39 37 36;
    Difference 1 21;
    Difference 41 36;
    Choice 21 4 5 42 ].
Definition schedule_polynomial_at_alpha : nat := 21.
Definition schedule_polynomial_at_sigma : nat := 36.
Definition schedule_polynomial_at_variance : nat := 38.
Definition schedule_polynomial_at_alpha_dot : nat := 22.
Definition schedule_polynomial_at_sigma_dot : nat := 37.
Definition schedule_polynomial_at_variance_dot : nat := 40.
Definition schedule_polynomial_at_alpha_tail : nat := 43.

(* SchrodingerBridgePath.schedule(at: Time(t)).
   Inputs: t, bridge_sigma_squared. *)
Definition schedule_schrodinger_bridge : list operation :=
  [ Input 0;
    Number 1 0;
    Difference 1 0;
    Number (-1) 0;
    Input 1;
    Fused 2 0 4;
    Fused 3 1 4;
    Product 2 5;
    Product 2 6;
    Fused 8 3 5;
    Root 7;
    Sum 10 10;
    Quotient 9 11;
    Difference 2 2;
    Number 1 (-1);
    Number 0 0;
    Choice 0 14 15 13 ].
Definition schedule_schrodinger_bridge_at_alpha : nat := 0.
Definition schedule_schrodinger_bridge_at_sigma : nat := 10.
Definition schedule_schrodinger_bridge_at_variance : nat := 7.
Definition schedule_schrodinger_bridge_at_alpha_dot : nat := 1.
Definition schedule_schrodinger_bridge_at_sigma_dot : nat := 12.
Definition schedule_schrodinger_bridge_at_variance_dot : nat := 9.
Definition schedule_schrodinger_bridge_at_alpha_tail : nat := 16.

(* ShiftedOptimalTransportPath.schedule(at: Time(t)).
   Inputs: t, sigma_min. *)
Definition schedule_shifted_ot : list operation :=
  [ Input 0;
    Number 1 0;
    Difference 1 0;
    Number (-1) 0;
    Input 1;
    Number 0 0;
    Sum 2 4;
    Sum 3 5;
    Product 6 6;
    Product 6 7;
    Fused 9 7 6;
    Difference 2 2;
    Number 1 (-1);
    Choice 0 12 5 11 ].
Definition schedule_shifted_ot_at_alpha : nat := 0.
Definition schedule_shifted_ot_at_sigma : nat := 6.
Definition schedule_shifted_ot_at_variance : nat := 8.
Definition schedule_shifted_ot_at_alpha_dot : nat := 1.
Definition schedule_shifted_ot_at_sigma_dot : nat := 7.
Definition schedule_shifted_ot_at_variance_dot : nat := 10.
Definition schedule_shifted_ot_at_alpha_tail : nat := 13.

(* SigmoidPath.schedule(at: Time(t)).
   Inputs: t, steepness, half_steepness. *)
Definition schedule_sigmoid : list operation :=
  [ Input 0;
    Number 1 0;
    Difference 1 0;
    Number (-1) 0;
    Input 1;
    Negation 4;
    Product 0 5;
    Product 1 5;
    ExpMinusOne 6;
    Exp 6;
    Product 9 7;
    Negation 8;
    Negation 10;
    Product 2 5;
    Product 3 5;
    ExpMinusOne 13;
    Exp 13;
    Product 16 14;
    Negation 15;
    Negation 17;
    Difference 0 2;
    Difference 1 3;
    Input 2;
    Product 20 22;
    Product 21 22;
    Exp 23;
    Product 25 24;
    Product 25 11;
    Product 25 12;
    Fused 28 26 11;
    Number 1 (-1);
    Number 0 0;
    Sum 27 18;
    Sum 29 19;
    Quotient 27 32;
    Negation 34;
    Fused 29 35 33;
    Quotient 36 32;
    Negation 23;
    Negation 24;
    Exp 38;
    Product 40 39;
    Product 40 18;
    Product 40 19;
    Fused 43 41 18;
    Sum 11 42;
    Sum 12 44;
    Quotient 11 45;
    Negation 47;
    Fused 12 48 46;
    Quotient 49 45;
    Choice 0 30 34 47;
    Choice 0 30 37 50;
    Difference 2 0;
    Difference 3 1;
    Product 53 22;
    Product 54 22;
    Exp 55;
    Product 57 56;
    Product 57 18;
    Product 57 19;
    Fused 60 58 18;
    Sum 59 11;
    Sum 61 12;
    Quotient 59 62;
    Negation 64;
    Fused 61 65 63;
    Quotient 66 62;
    Negation 55;
    Negation 56;
    Exp 68;
    Product 70 69;
    Product 70 11;
    Product 70 12;
    Fused 73 71 11;
    Sum 18 72;
    Sum 19 74;
    Quotient 18 75;
    Negation 77;
    Fused 19 78 76;
    Quotient 79 75;
    Choice 2 30 64 77;
    Choice 2 30 67 80;
    Product 81 81;
    Product 81 82;
    Fused 84 82 81;
    Difference 1 51;
    Difference 86 81;
    Choice 51 30 31 87 ].
Definition schedule_sigmoid_at_alpha : nat := 51.
Definition schedule_sigmoid_at_sigma : nat := 81.
Definition schedule_sigmoid_at_variance : nat := 83.
Definition schedule_sigmoid_at_alpha_dot : nat := 52.
Definition schedule_sigmoid_at_sigma_dot : nat := 82.
Definition schedule_sigmoid_at_variance_dot : nat := 85.
Definition schedule_sigmoid_at_alpha_tail : nat := 88.

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

(* GeometricVarianceExplodingPath.schedule(at: Time(t)).
   Inputs: t, log_ratio, sigma_max, sigma_min. *)
Definition schedule_ve_geometric : list operation :=
  [ Input 0;
    Number 1 0;
    Difference 1 0;
    Number (-1) 0;
    Number 0 0;
    Number 1 (-1);
    Input 1;
    Negation 6;
    Product 0 7;
    Product 1 7;
    Exp 8;
    Product 10 9;
    Input 2;
    Product 10 12;
    Product 11 12;
    Product 2 6;
    Product 3 6;
    Exp 15;
    Product 17 16;
    Input 3;
    Product 17 19;
    Product 18 19;
    Choice 0 5 13 20;
    Choice 0 5 14 21;
    Product 22 22;
    Product 22 23;
    Fused 25 23 22;
    Difference 1 1;
    Difference 27 27;
    Choice 1 5 4 28 ].
Definition schedule_ve_geometric_at_alpha : nat := 1.
Definition schedule_ve_geometric_at_sigma : nat := 22.
Definition schedule_ve_geometric_at_variance : nat := 24.
Definition schedule_ve_geometric_at_alpha_dot : nat := 4.
Definition schedule_ve_geometric_at_sigma_dot : nat := 23.
Definition schedule_ve_geometric_at_variance_dot : nat := 26.
Definition schedule_ve_geometric_at_alpha_tail : nat := 29.

(* VariancePreservingPath.schedule(at: Time(t)).
   Inputs: t, slope, slope_tail, beta_min, beta_max, whole, whole_tail. *)
Definition schedule_vp : list operation :=
  [ Input 0;
    Number 1 0;
    Difference 1 0;
    Number (-1) 0;
    Number 1 (-1);
    Product 2 4;
    Product 3 4;
    Input 1;
    Product 5 7;
    Product 6 7;
    Negation 8;
    Negation 9;
    Fused 10 5 7;
    Fused 11 6 7;
    Input 2;
    Fused 12 5 14;
    Fused 13 6 14;
    Input 3;
    Number 0 0;
    Sum 17 8;
    Sum 18 9;
    Difference 19 17;
    Difference 20 18;
    Difference 19 21;
    Difference 20 22;
    Difference 17 23;
    Difference 18 24;
    Difference 8 21;
    Difference 9 22;
    Sum 25 27;
    Sum 26 28;
    Product 2 19;
    Product 2 20;
    Fused 32 3 19;
    Negation 31;
    Negation 33;
    Fused 34 2 19;
    Fused 35 2 20;
    Fused 37 3 19;
    Sum 15 29;
    Sum 16 30;
    Fused 36 2 39;
    Fused 38 2 40;
    Fused 42 3 39;
    Product 0 4;
    Product 1 4;
    Negation 7;
    Product 44 46;
    Product 45 46;
    Negation 47;
    Negation 48;
    Fused 49 44 46;
    Fused 50 45 46;
    Negation 14;
    Fused 51 44 53;
    Fused 52 45 53;
    Input 4;
    Sum 56 47;
    Sum 18 48;
    Difference 57 56;
    Difference 58 18;
    Difference 57 59;
    Difference 58 60;
    Difference 56 61;
    Difference 18 62;
    Difference 47 59;
    Difference 48 60;
    Sum 63 65;
    Sum 64 66;
    Product 0 57;
    Product 0 58;
    Fused 70 1 57;
    Negation 69;
    Negation 71;
    Fused 72 0 57;
    Fused 73 0 58;
    Fused 75 1 57;
    Sum 54 67;
    Sum 55 68;
    Fused 74 0 77;
    Fused 76 0 78;
    Fused 80 1 77;
    Input 5;
    Difference 82 69;
    Difference 18 71;
    Difference 82 83;
    Difference 18 84;
    Difference 85 69;
    Difference 86 71;
    Choice 0 4 83 31;
    Choice 0 4 84 33;
    Input 6;
    Difference 91 79;
    Difference 18 81;
    Sum 87 92;
    Sum 88 93;
    Choice 0 4 94 41;
    Choice 0 4 95 43;
    Number (-1) (-1);
    Product 89 98;
    Product 90 98;
    Exp 99;
    Product 101 100;
    Product 96 98;
    Product 97 98;
    Fused 101 101 103;
    Fused 102 101 104;
    Fused 106 102 103;
    Negation 89;
    Negation 90;
    ExpMinusOne 108;
    Exp 108;
    Product 111 109;
    Negation 110;
    Negation 112;
    Sum 1 110;
    Sum 18 112;
    Fused 113 96 115;
    Fused 114 96 116;
    Fused 118 97 115;
    Root 117;
    Sum 120 120;
    Quotient 119 121;
    Difference 1 105;
    Sum 89 96;
    Product 124 98;
    ExpMinusOne 125;
    Negation 126;
    Difference 123 127;
    Choice 105 4 18 128 ].
Definition schedule_vp_at_alpha : nat := 105.
Definition schedule_vp_at_sigma : nat := 120.
Definition schedule_vp_at_variance : nat := 117.
Definition schedule_vp_at_alpha_dot : nat := 107.
Definition schedule_vp_at_sigma_dot : nat := 122.
Definition schedule_vp_at_variance_dot : nat := 119.
Definition schedule_vp_at_alpha_tail : nat := 129.

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
    Input 7;
    Input 8;
    Number 1 0;
    FusedOrNot 1 7 7;
    Quotient 1 14;
    Product 7 6;
    Quotient 16 14;
    Fused 5 8 10;
    Quotient 18 14;
    Product 15 10;
    Fused 20 17 5;
    Product 18 19;
    Sum 4 22;
    Sum 23 4;
    Sum 4 4;
    Sum 24 25;
    Sum 4 26;
    Number 884279719003555 (-47);
    Product 14 28;
    Log 29;
    Product 30 13;
    Sum 27 31;
    Product 32 9;
    Input 9;
    Quotient 13 14;
    Quotient 0 14;
    Product 36 9;
    Difference 10 10;
    Fused 19 37 38;
    Fused 4 38 39;
    Difference 11 10;
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
    Sum 12 82;
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

(* ConditionalField.velocity(at: Time(t), of: x, given: x1), CosinePath.
   Inputs: t, x, x1. *)
Definition velocity_cosine : list operation :=
  [ Input 0;
    Number 1 0;
    Difference 1 0;
    Number (-1) 0;
    Number 1 (-1);
    Product 0 4;
    Product 1 4;
    SinPi 5;
    CosPi 5;
    Number 884279719003555 (-48);
    Product 8 9;
    Product 10 6;
    Product 2 4;
    Product 3 4;
    CosPi 12;
    SinPi 12;
    Number (-884279719003555) (-48);
    Product 15 16;
    Product 17 13;
    Choice 0 4 7 14;
    Choice 0 4 11 18;
    Product 7 16;
    Product 21 6;
    Product 14 9;
    Product 23 13;
    Choice 0 4 8 15;
    Choice 0 4 22 24;
    Product 25 25;
    Product 25 26;
    Fused 28 26 25;
    Number 1 1;
    Input 1;
    Input 2;
    Product 27 30;
    Quotient 29 33;
    Product 20 32;
    Negation 19;
    Fused 31 36 32;
    Fused 35 34 37 ].
Definition velocity_cosine_at_velocity : nat := 38.

(* ConditionalField.velocity(at: Time(t), of: x, given: x1), IndependentCouplingPath.
   Inputs: t, tube_sigma_squared, x, x1. *)
Definition velocity_icfm : list operation :=
  [ Input 0;
    Number 1 0;
    Difference 1 0;
    Number (-1) 0;
    Number 0 0;
    Input 1;
    Fused 5 2 2;
    Fused 4 2 3;
    Fused 7 3 2;
    Input 2;
    Input 3;
    Number 1 1;
    Product 6 11;
    Quotient 8 12;
    Product 1 10;
    Negation 0;
    Fused 9 15 10;
    Fused 14 13 16 ].
Definition velocity_icfm_at_velocity : nat := 17.

(* ConditionalField.velocity(at: Time(t), of: x, given: x1), LinearVariancePreservingPath.
   Inputs: t, x, x1. *)
Definition velocity_linear_vp : list operation :=
  [ Input 0;
    Number 1 0;
    Difference 1 0;
    Number (-1) 0;
    Number 0 0;
    Number 1 (-1);
    Product 0 0;
    Product 0 1;
    Fused 7 1 0;
    Difference 1 6;
    Difference 4 8;
    Sum 1 0;
    Sum 4 1;
    Product 2 11;
    Product 2 12;
    Fused 14 3 11;
    Choice 0 5 9 13;
    Choice 0 5 10 15;
    Input 1;
    Input 2;
    Number 1 1;
    Product 16 20;
    Quotient 17 21;
    Product 1 19;
    Negation 0;
    Fused 18 24 19;
    Fused 23 22 25 ].
Definition velocity_linear_vp_at_velocity : nat := 26.

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

(* ConditionalField.velocity(at: Time(t), of: x, given: x1), PolynomialPath.
   Inputs: t, exponent, exponent_less_one, x, x1. *)
Definition velocity_polynomial : list operation :=
  [ Input 0;
    Number 1 0;
    Difference 1 0;
    Number (-1) 0;
    Number 1 (-1);
    Input 1;
    Power 0 5;
    Input 2;
    Power 0 7;
    Product 8 5;
    Product 9 1;
    Negation 2;
    Negation 3;
    LogOnePlus 11;
    Sum 1 11;
    Quotient 12 14;
    Product 13 5;
    Product 15 5;
    Exp 16;
    Product 18 17;
    Choice 0 4 6 18;
    Choice 0 4 10 19;
    Log 0;
    Product 22 5;
    Difference 6 1;
    Number 3152519739159347 (-52);
    Number (-3152519739159347) (-52);
    ExpMinusOne 23;
    Choice 26 23 27 24;
    Choice 23 25 28 24;
    Negation 29;
    Negation 10;
    ExpMinusOne 16;
    Negation 32;
    Negation 19;
    Choice 0 4 30 33;
    Choice 0 4 31 34;
    Product 35 35;
    Product 35 36;
    Fused 38 36 35;
    Input 3;
    Input 4;
    Number 1 1;
    Product 37 42;
    Quotient 39 43;
    Product 21 41;
    Negation 20;
    Fused 40 46 41;
    Fused 45 44 47 ].
Definition velocity_polynomial_at_velocity : nat := 48.

(* ConditionalField.velocity(at: Time(t), of: x, given: x1), SchrodingerBridgePath.
   Inputs: t, bridge_sigma_squared, x, x1. *)
Definition velocity_schrodinger_bridge : list operation :=
  [ Input 0;
    Number 1 0;
    Difference 1 0;
    Number (-1) 0;
    Input 1;
    Fused 2 0 4;
    Fused 3 1 4;
    Product 2 5;
    Product 2 6;
    Fused 8 3 5;
    Input 2;
    Input 3;
    Number 1 1;
    Product 7 12;
    Quotient 9 13;
    Product 1 11;
    Negation 0;
    Fused 10 16 11;
    Fused 15 14 17 ].
Definition velocity_schrodinger_bridge_at_velocity : nat := 18.

(* ConditionalField.velocity(at: Time(t), of: x, given: x1), ShiftedOptimalTransportPath.
   Inputs: t, sigma_min, x, x1. *)
Definition velocity_shifted_ot : list operation :=
  [ Input 0;
    Number 1 0;
    Difference 1 0;
    Number (-1) 0;
    Input 1;
    Number 0 0;
    Sum 2 4;
    Sum 3 5;
    Product 6 6;
    Product 6 7;
    Fused 9 7 6;
    Input 2;
    Input 3;
    Number 1 1;
    Product 8 13;
    Quotient 10 14;
    Product 1 12;
    Negation 0;
    Fused 11 17 12;
    Fused 16 15 18 ].
Definition velocity_shifted_ot_at_velocity : nat := 19.

(* ConditionalField.velocity(at: Time(t), of: x, given: x1), SigmoidPath.
   Inputs: t, steepness, half_steepness, x, x1. *)
Definition velocity_sigmoid : list operation :=
  [ Input 0;
    Number 1 0;
    Difference 1 0;
    Number (-1) 0;
    Input 1;
    Negation 4;
    Product 0 5;
    Product 1 5;
    ExpMinusOne 6;
    Exp 6;
    Product 9 7;
    Negation 8;
    Negation 10;
    Product 2 5;
    Product 3 5;
    ExpMinusOne 13;
    Exp 13;
    Product 16 14;
    Negation 15;
    Negation 17;
    Difference 0 2;
    Difference 1 3;
    Input 2;
    Product 20 22;
    Product 21 22;
    Exp 23;
    Product 25 24;
    Product 25 11;
    Product 25 12;
    Fused 28 26 11;
    Number 1 (-1);
    Sum 27 18;
    Sum 29 19;
    Quotient 27 31;
    Negation 33;
    Fused 29 34 32;
    Quotient 35 31;
    Negation 23;
    Negation 24;
    Exp 37;
    Product 39 38;
    Product 39 18;
    Product 39 19;
    Fused 42 40 18;
    Sum 11 41;
    Sum 12 43;
    Quotient 11 44;
    Negation 46;
    Fused 12 47 45;
    Quotient 48 44;
    Choice 0 30 33 46;
    Choice 0 30 36 49;
    Difference 2 0;
    Difference 3 1;
    Product 52 22;
    Product 53 22;
    Exp 54;
    Product 56 55;
    Product 56 18;
    Product 56 19;
    Fused 59 57 18;
    Sum 58 11;
    Sum 60 12;
    Quotient 58 61;
    Negation 63;
    Fused 60 64 62;
    Quotient 65 61;
    Negation 54;
    Negation 55;
    Exp 67;
    Product 69 68;
    Product 69 11;
    Product 69 12;
    Fused 72 70 11;
    Sum 18 71;
    Sum 19 73;
    Quotient 18 74;
    Negation 76;
    Fused 19 77 75;
    Quotient 78 74;
    Choice 2 30 63 76;
    Choice 2 30 66 79;
    Product 80 80;
    Product 80 81;
    Fused 83 81 80;
    Input 3;
    Input 4;
    Number 1 1;
    Product 82 87;
    Quotient 84 88;
    Product 51 86;
    Negation 50;
    Fused 85 91 86;
    Fused 90 89 92 ].
Definition velocity_sigmoid_at_velocity : nat := 93.

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

(* ConditionalField.velocity(at: Time(t), of: x, given: x1), GeometricVarianceExplodingPath.
   Inputs: t, log_ratio, sigma_max, sigma_min, x, x1. *)
Definition velocity_ve_geometric : list operation :=
  [ Input 0;
    Number 1 0;
    Difference 1 0;
    Number (-1) 0;
    Number 0 0;
    Number 1 (-1);
    Input 1;
    Negation 6;
    Product 0 7;
    Product 1 7;
    Exp 8;
    Product 10 9;
    Input 2;
    Product 10 12;
    Product 11 12;
    Product 2 6;
    Product 3 6;
    Exp 15;
    Product 17 16;
    Input 3;
    Product 17 19;
    Product 18 19;
    Choice 0 5 13 20;
    Choice 0 5 14 21;
    Product 22 22;
    Product 22 23;
    Fused 25 23 22;
    Input 4;
    Input 5;
    Number 1 1;
    Product 24 29;
    Quotient 26 30;
    Product 4 28;
    Negation 1;
    Fused 27 33 28;
    Fused 32 31 34 ].
Definition velocity_ve_geometric_at_velocity : nat := 35.

(* ConditionalField.velocity(at: Time(t), of: x, given: x1), VariancePreservingPath.
   Inputs: t, slope, slope_tail, beta_min, beta_max, whole, whole_tail, x, x1. *)
Definition velocity_vp : list operation :=
  [ Input 0;
    Number 1 0;
    Difference 1 0;
    Number (-1) 0;
    Number 1 (-1);
    Product 2 4;
    Product 3 4;
    Input 1;
    Product 5 7;
    Product 6 7;
    Negation 8;
    Negation 9;
    Fused 10 5 7;
    Fused 11 6 7;
    Input 2;
    Fused 12 5 14;
    Fused 13 6 14;
    Input 3;
    Number 0 0;
    Sum 17 8;
    Sum 18 9;
    Difference 19 17;
    Difference 20 18;
    Difference 19 21;
    Difference 20 22;
    Difference 17 23;
    Difference 18 24;
    Difference 8 21;
    Difference 9 22;
    Sum 25 27;
    Sum 26 28;
    Product 2 19;
    Product 2 20;
    Fused 32 3 19;
    Negation 31;
    Negation 33;
    Fused 34 2 19;
    Fused 35 2 20;
    Fused 37 3 19;
    Sum 15 29;
    Sum 16 30;
    Fused 36 2 39;
    Fused 38 2 40;
    Fused 42 3 39;
    Product 0 4;
    Product 1 4;
    Negation 7;
    Product 44 46;
    Product 45 46;
    Negation 47;
    Negation 48;
    Fused 49 44 46;
    Fused 50 45 46;
    Negation 14;
    Fused 51 44 53;
    Fused 52 45 53;
    Input 4;
    Sum 56 47;
    Sum 18 48;
    Difference 57 56;
    Difference 58 18;
    Difference 57 59;
    Difference 58 60;
    Difference 56 61;
    Difference 18 62;
    Difference 47 59;
    Difference 48 60;
    Sum 63 65;
    Sum 64 66;
    Product 0 57;
    Product 0 58;
    Fused 70 1 57;
    Negation 69;
    Negation 71;
    Fused 72 0 57;
    Fused 73 0 58;
    Fused 75 1 57;
    Sum 54 67;
    Sum 55 68;
    Fused 74 0 77;
    Fused 76 0 78;
    Fused 80 1 77;
    Input 5;
    Difference 82 69;
    Difference 18 71;
    Difference 82 83;
    Difference 18 84;
    Difference 85 69;
    Difference 86 71;
    Choice 0 4 83 31;
    Choice 0 4 84 33;
    Input 6;
    Difference 91 79;
    Difference 18 81;
    Sum 87 92;
    Sum 88 93;
    Choice 0 4 94 41;
    Choice 0 4 95 43;
    Number (-1) (-1);
    Product 89 98;
    Product 90 98;
    Exp 99;
    Product 101 100;
    Product 96 98;
    Product 97 98;
    Fused 101 101 103;
    Fused 102 101 104;
    Fused 106 102 103;
    Negation 89;
    Negation 90;
    ExpMinusOne 108;
    Exp 108;
    Product 111 109;
    Negation 110;
    Negation 112;
    Sum 1 110;
    Sum 18 112;
    Fused 113 96 115;
    Fused 114 96 116;
    Fused 118 97 115;
    Input 7;
    Input 8;
    Number 1 1;
    Product 117 122;
    Quotient 119 123;
    Product 107 121;
    Negation 105;
    Fused 120 126 121;
    Fused 125 124 127 ].
Definition velocity_vp_at_velocity : nat := 128.
