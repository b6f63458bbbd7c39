(* The mass of the normal density within A standard deviations, with an explicit rate. *)
Require Import Reals Psatz Lia FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From FlowProofs Require Import FiniteSums Differentiation Gaussian ConditionalField.
Open Scope R_scope.

Definition e2 (t : R) := exp (- (t * t)).
Definition I0 (x : R) := RInt e2 0 x.
Definition h (x s : R) := exp (- ((x * x) * (1 + s * s))) * / (1 + s * s).
Definition G (x : R) := RInt (fun s => h x s) 0 1.

Lemma e2_cont t : continuous e2 t.
Proof. apply (ex_derive_continuous (V := R_NormedModule)). unfold e2. auto_derive. easy. Qed.

Lemma e2_int a b : ex_RInt e2 a b.
Proof. apply (ex_RInt_continuous (V := R_CompleteNormedModule)). intros z _. apply e2_cont. Qed.

Lemma I0_derive x : is_derive I0 x (e2 x).
Proof.
  apply (is_derive_RInt e2 I0 0 x).
  - apply filter_forall. intros y. apply (RInt_correct (V := R_CompleteNormedModule)), e2_int.
  - apply e2_cont.
Qed.

Lemma pos1 s : 1 + s * s <> 0.
Proof. nra. Qed.

Lemma h_derive x s : is_derive (fun x => h x s) x (- 2 * x * exp (- ((x * x) * (1 + s * s)))).
Proof. unfold h. auto_derive; [easy|]. field. apply pos1. Qed.

Lemma h_int x : ex_RInt (fun s => h x s) 0 1.
Proof.
  apply (ex_RInt_continuous (V := R_CompleteNormedModule)). intros z _.
  apply (ex_derive_continuous (V := R_NormedModule)). unfold h. auto_derive. apply pos1.
Qed.

Lemma G_derive x : is_derive G x (RInt (fun s => - 2 * x * exp (- ((x * x) * (1 + s * s)))) 0 1).
Proof.
  unfold G. eapply is_derive_eq.
  - apply (is_derive_RInt_param h 0 1 x).
    + apply filter_forall. intros y s _. eexists. apply h_derive.
    + intros s _. apply continuity_2d_pt_ext with (fun u v => - 2 * u * exp (- ((u * u) * (1 + v * v)))).
      * intros u v. symmetry. apply Derive_value, h_derive.
      * apply continuity_2d_pt_mult; [|apply c2_exp]; c2.
    + apply filter_forall. intros y. apply h_int.
  - apply RInt_ext. intros s _. apply Derive_value, h_derive.
Qed.

Lemma G_derive_val x : RInt (fun s => - 2 * x * exp (- ((x * x) * (1 + s * s)))) 0 1 = - 2 * e2 x * I0 x.
Proof.
  unfold I0.
  assert (C : RInt (fun s => x * e2 (x * s + 0)) 0 1 = RInt e2 0 x).
  { etransitivity; [exact (RInt_comp_lin (V := R_CompleteNormedModule) e2 x 0 0 1 (e2_int _ _))|].
    f_equal; ring. }
  rewrite <- C.
  assert (X : ex_RInt (fun s => x * e2 (x * s + 0)) 0 1).
  { apply (ex_RInt_continuous (V := R_CompleteNormedModule)). intros z _.
    apply (ex_derive_continuous (V := R_NormedModule)). unfold e2. auto_derive. easy. }
  transitivity (RInt (fun s => (- 2 * e2 x) * (x * e2 (x * s + 0))) 0 1).
  - apply RInt_ext. intros s _. unfold e2.
    replace (- (x * x * (1 + s * s))) with (- (x * x) + - ((x * s + 0) * (x * s + 0))) by ring.
    rewrite exp_plus. set (p := exp _). set (r := exp _).
    change (- 2 * x * (p * r) = - 2 * p * (x * r)). ring.
  - exact (RInt_scal (V := R_CompleteNormedModule) _ 0 1 (- 2 * e2 x) X).
Qed.

Lemma atan_D s : Derive atan s = / (1 + s * s).
Proof.
  apply Derive_value, is_derive_Reals. replace (1 + s * s) with (1 + s ^ 2) by ring.
  apply derivable_pt_lim_atan.
Qed.

Lemma const_FG x : I0 x * I0 x + G x = PI / 4.
Proof.
  assert (D : forall y, is_derive (fun z => I0 z * I0 z + G z) y 0).
  { intros y. eapply is_derive_eq.
    - apply (is_derive_plus (fun z => I0 z * I0 z) G); [|apply G_derive].
      apply (is_derive_mult I0 I0); [apply I0_derive|apply I0_derive|intros; apply Rmult_comm].
    - rewrite G_derive_val. unfold plus, mult; simpl. ring. }
  assert (E : I0 x * I0 x + G x = I0 0 * I0 0 + G 0).
  { destruct (MVT_gen (fun z => I0 z * I0 z + G z) 0 x (fun _ => 0)) as (c & _ & Hc).
    - intros z _. apply D.
    - intros z _. apply continuity_pt_filterlim.
      apply (ex_derive_continuous (V := R_NormedModule) (fun z => I0 z * I0 z + G z)).
      exists 0. apply D.
    - lra. }
  rewrite E. unfold I0 at 1 2. rewrite RInt_point. unfold zero; simpl.
  unfold G. rewrite (RInt_ext _ (Derive atan)).
  - rewrite (RInt_Derive atan).
    + rewrite atan_1, atan_0. ring.
    + intros y _. auto_derive. easy.
    + intros y _. apply (continuous_ext (fun s => / (1 + s * s))).
      * intros s. symmetry. apply atan_D.
      * apply (ex_derive_continuous (V := R_NormedModule)). auto_derive. apply pos1.
  - intros s _. unfold h. replace (- (0 * 0 * (1 + s * s))) with 0 by ring. rewrite exp_0.
    rewrite Rmult_1_l. symmetry. apply atan_D.
Qed.

Lemma G_bound x : 0 <= G x <= e2 x.
Proof.
  assert (B : forall s, 0 <= h x s <= e2 x).
  { intros s. unfold h, e2.
    assert (P : 1 <= 1 + s * s) by nra. assert (Q := exp_pos (- (x * x * (1 + s * s)))).
    assert (V : 0 < / (1 + s * s) <= 1).
    { split; [apply Rinv_0_lt_compat; lra|]. rewrite <- Rinv_1. apply Rinv_le_contravar; lra. }
    assert (M : exp (- (x * x * (1 + s * s))) <= exp (- (x * x))).
    { destruct (Req_dec (x * s) 0) as [Z|Z].
      - right. f_equal. replace (x * x * (1 + s * s)) with (x * x + (x * s) * (x * s)) by ring. rewrite Z. ring.
      - left. apply exp_increasing. assert (0 < (x * s) * (x * s)) by nra. nra. }
    split; [apply Rmult_le_pos; lra|]. nra. }
  split.
  - apply RInt_ge_0; [lra|apply h_int|]. intros s _. apply B.
  - replace (e2 x) with (RInt (fun _ => e2 x) 0 1).
    + apply RInt_le; [lra|apply h_int|apply ex_RInt_const|]. intros s _. apply B.
    + rewrite RInt_const. unfold scal; simpl; unfold mult; simpl. ring.
Qed.

(* explicit rate: the half mass differs from sqrt(pi)/2 by an exponentially small amount *)
Theorem gauss_integral_rate x : PI / 4 - e2 x <= I0 x * I0 x <= PI / 4.
Proof. assert (A := const_FG x). assert (B := G_bound x). lra. Qed.

Lemma e2_even B : RInt e2 (- B) B = 2 * I0 B.
Proof.
  assert (L : RInt e2 (- B) 0 = I0 B).
  { assert (K := RInt_comp_lin (V := R_CompleteNormedModule) e2 (-1) 0 B 0 (e2_int _ _)).
    replace (-1 * B + 0) with (- B) in K by ring. replace (-1 * 0 + 0) with 0 in K by ring.
    rewrite <- K. unfold I0. rewrite <- (opp_RInt_swap (V := R_CompleteNormedModule) e2 B 0 (e2_int _ _)).
    rewrite <- (RInt_opp (V := R_CompleteNormedModule) e2 B 0 (e2_int _ _)).
    apply RInt_ext. intros s _. unfold scal, opp; simpl; unfold mult; simpl. unfold e2.
    replace (- ((-1 * s + 0) * (-1 * s + 0))) with (- (s * s)) by ring.
    set (r := exp _). change (-1 * r = - r). ring. }
  rewrite <- (RInt_Chasles (V := R_CompleteNormedModule) e2 (- B) 0 B (e2_int _ _) (e2_int _ _)).
  rewrite L. fold (I0 B). change (I0 B + I0 B = 2 * I0 B). ring.
Qed.

Lemma gauss01_e2 y : gauss 0 1 y = / sqrt 2 * (/ sqrt PI * e2 (/ sqrt 2 * y + 0)).
Proof.
  assert (P := PI_RGT_0).
  assert (S : / sqrt 2 * / sqrt 2 = / 2) by (rewrite <- Rinv_mult, sqrt_sqrt; lra).
  unfold gauss, e2. rewrite sqrt_mult by lra.
  replace (- ((/ sqrt 2 * y + 0) * (/ sqrt 2 * y + 0))) with (- (y - 0)^2 / (2 * 1^2)).
  - set (p := exp _). unfold Rdiv. rewrite Rmult_1_r, Rinv_mult. ring.
  - replace ((/ sqrt 2 * y + 0) * (/ sqrt 2 * y + 0)) with ((/ sqrt 2 * / sqrt 2) * (y * y)) by ring.
    rewrite S. field.
Qed.

(* the mass within A standard deviations, with an explicit rate *)
Theorem gauss_mass (m s A : R) : 0 < s -> 
  let M := RInt (gauss m s) (m - s * A) (m + s * A) in
  1 - 4 / PI * exp (- (A * A) / 2) <= M * M <= 1.
Proof.
  intros Hs M. assert (P := PI_RGT_0).
  assert (Q : 0 < sqrt PI) by (apply sqrt_lt_R0; lra).
  assert (S : / sqrt 2 * / sqrt 2 = / 2) by (rewrite <- Rinv_mult, sqrt_sqrt; lra).
  assert (E : M = 2 * / sqrt PI * I0 (/ sqrt 2 * A)).
  { unfold M.
    assert (K := flow_preserves_mass (fun _ => m) (fun _ => s) 0 (- A) A (Rgt_not_eq _ _ Hs)).
    unfold axis_flow in K. replace (s * - A + m) with (m - s * A) in K by ring.
    replace (s * A + m) with (m + s * A) in K by ring. rewrite K.
    rewrite (RInt_ext _ (fun y => / sqrt 2 * (/ sqrt PI * e2 (/ sqrt 2 * y + 0))))
      by (intros y _; apply gauss01_e2).
    assert (X : ex_RInt (fun y => / sqrt PI * e2 y) (/ sqrt 2 * - A + 0) (/ sqrt 2 * A + 0)).
    { apply (ex_RInt_scal (V := R_CompleteNormedModule) e2). apply e2_int. }
    etransitivity; [exact (RInt_comp_lin (V := R_CompleteNormedModule) _ (/ sqrt 2) 0 (- A) A X)|].
    etransitivity; [exact (RInt_scal (V := R_CompleteNormedModule) e2 _ _ (/ sqrt PI) (e2_int _ _))|].
    replace (/ sqrt 2 * - A + 0) with (- (/ sqrt 2 * A)) by ring.
    rewrite Rplus_0_r, e2_even. unfold scal; simpl; unfold mult; simpl. ring. }
  assert (R := gauss_integral_rate (/ sqrt 2 * A)).
  set (J := I0 (/ sqrt 2 * A)) in *.
  assert (T : M * M = 4 / PI * (J * J)).
  { rewrite E. replace (2 * / sqrt PI * J * (2 * / sqrt PI * J))
      with (4 * / (sqrt PI * sqrt PI) * (J * J)) by (rewrite Rinv_mult; ring).
    rewrite sqrt_sqrt by lra. reflexivity. }
  assert (U : e2 (/ sqrt 2 * A) = exp (- (A * A) / 2)).
  { unfold e2. f_equal.
    replace (/ sqrt 2 * A * (/ sqrt 2 * A)) with ((/ sqrt 2 * / sqrt 2) * (A * A)) by ring.
    rewrite S. field. }
  rewrite U in R. rewrite T.
  assert (V : 0 < 4 / PI) by (apply Rdiv_lt_0_compat; lra).
  assert (W : 4 / PI * (PI / 4) = 1) by (field; lra).
  split; nra.
Qed.
